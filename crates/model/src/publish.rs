//! The schemas as TypeScript and as documentation.

use std::fmt::Write as _;

use crate::event_type::event_types;
use crate::kinds::DocumentKind;
use crate::kinds::scene::LISTS;
use crate::schema::{CollectionSchema, FieldSchema, FieldType, OnMissing};

const TYPESCRIPT_HEAD: &str = r#"// Generated from the schema of crates/model by `cargo xtask generate`. Do not edit.

/** The name of a record inside its document. */
export type RecordId = string;

/** What a field holds: JSON with one kind of number. */
export type FieldValue = null | boolean | number | string | FieldValue[] | { [name: string]: FieldValue };

/** A number, or the text that stands for one JSON lacks. */
export type Numeric = number | "NaN" | "Infinity" | "-Infinity";

/** A place on a canvas, in pixels at 100 %. */
export type Point = { x: number; y: number };

/** An extent on a canvas, in pixels at 100 %. */
export type Size = { width: number; height: number };

/** A typed value of a Blueprint: a glTF interactivity signature and its components, column-major. */
export type Literal = { type: string; value?: FieldValue[] };
"#;

/// All records as TypeScript interfaces.
pub fn typescript() -> String {
    let mut out = TYPESCRIPT_HEAD.to_owned();
    out.push_str(
        "\n/** The lists of a glTF file in which pointers count, by the collection whose records stand in them. */\n\
         export const LISTS: Readonly<Record<string, string>> = {\n",
    );
    for (list, collection) in LISTS {
        // Writing to a text cannot fail.
        let _ = writeln!(out, "  {collection}: \"{list}\",");
    }
    out.push_str("};\n");
    for kind in DocumentKind::all() {
        let mut name = kind.name().to_owned();
        name[..1].make_ascii_uppercase();
        let types: Vec<_> = event_types(kind)
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        let _ = writeln!(
            out,
            "\n/** What one does to a {}. */\nexport type {name}Event =\n  | {};",
            kind.name(),
            types.join("\n  | ")
        );
        for collection in kind.schema().collections {
            // Writing to a text cannot fail.
            let _ = write_interface(&mut out, collection);
        }
    }
    out
}

fn write_interface(out: &mut String, collection: &CollectionSchema) -> std::fmt::Result {
    writeln!(
        out,
        "\n/** {} Collection `{}`. */\nexport interface {} {{",
        collection.doc.trim(),
        collection.name,
        collection.record
    )?;
    for field in collection.fields {
        writeln!(out, "  /** {} */", field.doc.trim())?;
        match field.field_type {
            FieldType::Map(entry) => {
                writeln!(
                    out,
                    "  [key: `{}.${{string}}`]: {};",
                    field.name,
                    entry.typescript()
                )?;
            }
            other => {
                let mark = if field.required { "" } else { "?" };
                writeln!(out, "  {}{mark}: {};", field.name, other.typescript())?;
            }
        }
    }
    writeln!(out, "}}")
}

/// All records as a page of documentation, in Markdown.
pub fn documentation() -> String {
    let mut out = String::from(
        "# Records\n\nGenerated from the schema of `crates/model` by `cargo xtask generate`. A document is named \
         collections of records; map fields stand entry by entry (`values.a`). Unknown fields of newer versions are \
         kept as they are.\n",
    );
    for kind in DocumentKind::all() {
        let schema = kind.schema();
        let _ = writeln!(out, "\n## {}\n\n{}", kind.name(), schema.doc.trim());
        for collection in schema.collections {
            let _ = writeln!(
                out,
                "\n### {}\n\n{}\n",
                collection.name,
                collection.doc.trim()
            );
            out.push_str("| field | holds | |\n|---|---|---|\n");
            for field in collection.fields {
                let _ = writeln!(out, "{}", documentation_row(field));
            }
        }
    }
    out
}

fn documentation_row(field: &FieldSchema) -> String {
    let mut notes = field.doc.trim().to_owned();
    if let Some(reference) = field.reference {
        let missing = match reference.on_missing {
            OnMissing::Hide => "the record is hidden while that is missing",
            OnMissing::Clear => "absent while that is missing",
            OnMissing::Tree => "absent while that is missing; cycles are broken at the smallest id",
        };
        notes.push_str(&format!(
            " Names one of `{}`; {missing}.",
            reference.collection
        ));
    }
    let required = if field.required { "" } else { ", optional" };
    format!(
        "| `{}` | {}{required} | {} |",
        field.name,
        field.field_type.describe(),
        notes.replace('|', "\\|")
    )
}
