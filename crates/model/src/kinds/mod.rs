//! The kinds of documents: their collections, records and typed structs, what one does to them, and how that reads.
//!
//! Adding a kind is adding a folder here and a line to [`COMPOSED`]: everything else (folding, storing, sending, finding,
//! showing history) works from what its [`Kind`] says.

pub mod blueprint;
mod kind;
pub mod manifest;
pub mod scene;

pub use kind::{Channel, Complete, DocumentKind, Kind};

/// The kinds that this version knows.
static COMPOSED: [DocumentKind; 3] = [
    DocumentKind::BLUEPRINT,
    DocumentKind::SCENE,
    DocumentKind::MANIFEST,
];

impl DocumentKind {
    /// A behaviour graph.
    pub const BLUEPRINT: Self = Self::new(&blueprint::KIND);
    /// Entities with their meshes, materials, cameras and lights.
    pub const SCENE: Self = Self::new(&scene::KIND);
    /// The session itself: its documents, branches, versions, members and assets. Each session has exactly one.
    pub const MANIFEST: Self = Self::new(&manifest::KIND);
}

/// Declares the records of a kind of document: typed structs and schema from one text.
///
/// `collection: Record [words]` says what records are called, as fields of [`CollectionWords`](crate::CollectionWords);
/// `field: Type` is required, `Option`, `Vec` and maps may be absent, `= value` gives what an absent field reads as,
/// `-> collection OnMissing` names what it refers to.
#[macro_export]
macro_rules! records {
    (
        $(#[doc = $kind_doc:literal])*
        $name:literal {
            $(
                $(#[doc = $record_doc:literal])*
                $collection:ident: $record:ident $([ $($words:ident: $called:expr),* ])? {
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
                        $( $field: $crate::records!(
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
            name: $name,
            doc: concat!($($kind_doc,)*),
            collections: &[ $( $crate::CollectionSchema {
                name: stringify!($collection),
                record: stringify!($record),
                doc: concat!($($record_doc,)*),
                words: $crate::CollectionWords {
                    $( $($words: $called,)* )?
                    ..$crate::CollectionWords::PLAIN
                },
                fields: &[ $( $crate::FieldSchema {
                    name: stringify!($field),
                    doc: concat!($($field_doc,)*),
                    field_type: <$type as $crate::Field>::TYPE,
                    required: $crate::records!(@required $type $(, $default)?),
                    reference: $crate::records!(@reference $($target $missing)?),
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
