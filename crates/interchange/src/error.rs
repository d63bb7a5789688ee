//! What can go wrong, with the place where it did.

use wissil_model::RecordId;

/// Why a file could not be imported. Nothing is made of such a file.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Neither a `.glb` nor a `.gltf`.
    #[error("`{file}` is not a glTF file: {problem}. Choose a .glb or .gltf file of glTF 2.0")]
    NotGltf {
        /// The file's name.
        file: String,
        /// What was found instead.
        problem: String,
    },
    /// The binary container is broken.
    #[error(
        "the .glb container is broken at byte {offset}: {problem}. Export or copy the file again"
    )]
    Container {
        /// Where in the file.
        offset: usize,
        /// What is wrong there.
        problem: String,
    },
    /// The JSON does not parse.
    #[error("the JSON is broken at byte {offset} of the file: {problem}")]
    Json {
        /// Where in the file.
        offset: usize,
        /// What the parser expected.
        problem: String,
    },
    /// A property means nothing, or refers to something that does not exist.
    #[error("{}: {problem}", show(.pointer))]
    Property {
        /// The property, as a JSON pointer into the file.
        pointer: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Bytes that a property describes are not there.
    #[error("{}, byte {offset} of its data: {problem}", show(.pointer))]
    Data {
        /// The property that describes the bytes.
        pointer: String,
        /// How far into the data it describes.
        offset: u64,
        /// What is wrong.
        problem: String,
    },
    /// A side file could not be read.
    #[error("{}: the side file `{uri}` cannot be read: {problem}", show(.pointer))]
    Resource {
        /// The property that names it.
        pointer: String,
        /// Its name, shortened when long.
        uri: String,
        /// What the resolver said.
        problem: String,
    },
    /// Something is larger than this version takes.
    #[error("{what}: {found} is more than the {most} that fit. Split the file")]
    TooLarge {
        /// What is too large.
        what: String,
        /// How large it is.
        found: u64,
        /// The limit.
        most: u64,
    },
}

/// Why documents could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// More than one scene document was given.
    #[error(
        "`{first}` and `{second}` are both scenes and a .glb holds one: export one of them at a time"
    )]
    TwoScenes {
        /// One scene document.
        first: String,
        /// Another.
        second: String,
    },
    /// An object's bytes could not be had.
    #[error(
        "the bytes of `{record}` ({cid}) cannot be read: {problem}. `wissil sync`, or a window that is connected, fetches it where somebody has it; export again then"
    )]
    Object {
        /// The record that names the object.
        record: RecordId,
        /// The object.
        cid: String,
        /// What the store said.
        problem: String,
    },
    /// A record is not what its schema says.
    #[error("record `{record}` of `{document}`: {problem}")]
    Record {
        /// The document.
        document: String,
        /// The record.
        record: RecordId,
        /// What is wrong with it.
        problem: String,
    },
    /// Value wires lead back to where they start, which no order of nodes allows.
    #[error("in `{document}` the value wires through {} lead in a circle: remove one of them", list(.nodes))]
    ValueCycle {
        /// The document.
        document: String,
        /// Nodes of the circle.
        nodes: Vec<RecordId>,
    },
    /// The result is larger than a `.glb` can be.
    #[error("the file would have {found} bytes and a .glb holds at most {most}")]
    TooLarge {
        /// How large it would be.
        found: u64,
        /// The limit.
        most: u64,
    },
    /// The assembled properties could not be written as JSON.
    #[error("the properties cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The file's root has the empty pointer, which reads badly.
fn show(pointer: &str) -> &str {
    if pointer.is_empty() {
        "the file's root"
    } else {
        pointer
    }
}

fn list(ids: &[RecordId]) -> String {
    let shown: Vec<_> = ids.iter().take(8).map(|id| format!("`{id}`")).collect();
    let more = if ids.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A [`ImportError::Property`].
pub(crate) fn property(pointer: impl Into<String>, problem: impl Into<String>) -> ImportError {
    ImportError::Property {
        pointer: pointer.into(),
        problem: problem.into(),
    }
}

/// Enough of a text from outside to recognise it in a message.
pub(crate) fn excerpt(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
