//! The kinds of documents: their collections, records and typed structs.
//!
//! Adding a kind is adding a file here: everything else (folding, storing, sending, showing history) works from the
//! schema.

pub mod blueprint;
pub mod manifest;
pub mod scene;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::schema::KindSchema;

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// A behaviour graph.
    Blueprint,
    /// Entities with their meshes, materials, cameras and lights.
    Scene,
    /// The session itself: its documents, branches, versions, members and assets. Each session has exactly one.
    Manifest,
}

impl DocumentKind {
    /// All of them.
    pub const ALL: [DocumentKind; 3] = [
        DocumentKind::Blueprint,
        DocumentKind::Scene,
        DocumentKind::Manifest,
    ];

    /// What documents of this kind may hold.
    pub fn schema(self) -> &'static KindSchema {
        match self {
            DocumentKind::Blueprint => &blueprint::SCHEMA,
            DocumentKind::Scene => &scene::SCHEMA,
            DocumentKind::Manifest => &manifest::SCHEMA,
        }
    }

    /// Its name in events, files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::Blueprint => "blueprint",
            DocumentKind::Scene => "scene",
            DocumentKind::Manifest => "manifest",
        }
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DocumentKind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| format!("`{name}` is not a kind of document this version knows"))
    }
}

/// Declares a kind of document: typed structs and schema from one text.
///
/// `field: Type` is required, `Option`, `Vec` and maps may be absent, `= value` gives what an absent field reads as,
/// `-> collection OnMissing` names what it refers to.
macro_rules! kind {
    (
        $(#[doc = $kind_doc:literal])*
        $kind:ident {
            $(
                $(#[doc = $record_doc:literal])*
                $collection:ident: $record:ident {
                    $(
                        $(#[doc = $field_doc:literal])*
                        $field:ident: $type:ty $(= $default:expr)? $(=> $target:ident $missing:ident)?,
                    )*
                }
            )*
        }
    ) => {
        $(
            $(#[doc = $record_doc])*
            #[derive(Clone, Debug, PartialEq)]
            pub struct $record {
                $( $(#[doc = $field_doc])* pub $field: $type, )*
            }

            impl $record {
                /// The collection these records stand in.
                pub const COLLECTION: &'static str = stringify!($collection);

                /// Reads the typed form; unknown fields are passed over.
                pub fn from_record(record: &$crate::Record) -> Result<Self, $crate::RecordError> {
                    Ok(Self {
                        $( $field: $crate::kinds::kind!(
                            @read record, stringify!($field), $type $(, $default)?
                        ).map_err(|problem| $crate::RecordError {
                            collection: stringify!($collection),
                            field: stringify!($field).to_owned(),
                            problem,
                        })?, )*
                    })
                }

                /// The stored form.
                pub fn to_record(&self) -> $crate::Record {
                    let mut record = $crate::Record::new();
                    $( $crate::Field::write(&self.$field, &mut record, stringify!($field)); )*
                    record
                }
            }
        )*

        /// What documents of this kind hold.
        pub static SCHEMA: $crate::KindSchema = $crate::KindSchema {
            kind: $crate::DocumentKind::$kind,
            doc: concat!($($kind_doc,)*),
            collections: &[ $( $crate::CollectionSchema {
                name: stringify!($collection),
                record: stringify!($record),
                doc: concat!($($record_doc,)*),
                fields: &[ $( $crate::FieldSchema {
                    name: stringify!($field),
                    doc: concat!($($field_doc,)*),
                    field_type: <$type as $crate::Field>::TYPE,
                    required: $crate::kinds::kind!(@required $type $(, $default)?),
                    reference: $crate::kinds::kind!(@reference $($target $missing)?),
                }, )* ],
            }, )* ],
        };
    };
    (@read $record:ident, $name:expr, $type:ty) => {
        <$type as $crate::Field>::read($record, $name)
    };
    (@read $record:ident, $name:expr, $type:ty, $default:expr) => {
        <Option<$type> as $crate::Field>::read($record, $name).map(|value| value.unwrap_or_else(|| $default))
    };
    (@required $type:ty) => { <$type as $crate::Field>::REQUIRED };
    (@required $type:ty, $default:expr) => { false };
    (@reference) => { None };
    (@reference $target:ident $missing:ident) => {
        Some($crate::Reference {
            collection: stringify!($target),
            on_missing: $crate::OnMissing::$missing,
        })
    };
}
pub(crate) use kind;
