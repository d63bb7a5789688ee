//! A graph's `types` and `declarations`, gathered while its nodes are written.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;
use wissil_model::Value;
use wissil_model::kinds::blueprint::{Node, ValueSocket, operation};

use crate::json::Object;
use crate::literal;

/// The tables so far.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    types: Vec<Json>,
    type_places: HashMap<String, usize>,
    declarations: Vec<Object>,
    declaration_places: HashMap<DeclarationKey, usize>,
    /// What types carried besides their signature, by signature.
    kept_types: Object,
}

/// What a declaration says of an operation besides its name.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// The extension that defines it; none for the core vocabulary.
    pub extension: Option<String>,
    /// Type signature by input value socket; core operations declare none.
    pub inputs: BTreeMap<String, String>,
    /// Type signature by output value socket.
    pub outputs: BTreeMap<String, String>,
}

impl Declared {
    /// Completes what is known of an operation: extensions must be named and their sockets declared, and the core's
    /// must not (Specification, section *Declarations*).
    pub(crate) fn of(
        op: &str,
        extension: Option<String>,
        inputs: &BTreeMap<String, String>,
        outputs: &BTreeMap<String, String>,
    ) -> Self {
        let known = operation(op);
        let extension = extension.or_else(|| known.and_then(|known| known.extension.clone()));
        let undeclared = inputs.is_empty() && outputs.is_empty();
        let typed = |sockets: &[ValueSocket]| {
            let current = sockets.iter().filter(|socket| socket.replaces.is_none());
            current
                .filter_map(|socket| Some((socket.id.clone(), socket.types.first()?.clone())))
                .collect()
        };
        let (inputs, outputs) = match (&extension, known) {
            (None, _) => (BTreeMap::new(), BTreeMap::new()),
            (Some(_), Some(known)) if undeclared => {
                (typed(&known.values_in), typed(&known.values_out))
            }
            _ => (inputs.clone(), outputs.clone()),
        };
        Self {
            extension,
            inputs,
            outputs,
        }
    }
}

/// What makes declarations equal (Specification, section *Declarations*).
type DeclarationKey = (String, Option<String>, Vec<(String, usize)>);

impl Tables {
    /// Empty tables; `kept` is what the source's types carried.
    pub(crate) fn new(kept: Option<&Value>) -> Self {
        let kept_types = match kept.map(Json::from) {
            Some(Json::Object(kept)) => kept,
            _ => Object::new(),
        };
        Self {
            kept_types,
            ..Self::default()
        }
    }

    /// The place of a type.
    pub(crate) fn type_of(&mut self, signature: &str) -> usize {
        if let Some(place) = self.type_places.get(signature) {
            return *place;
        }
        let mut json = match self.kept_types.get(signature) {
            Some(Json::Object(kept)) => kept.clone(),
            _ => Object::new(),
        };
        let written = if literal::components(signature).is_some() {
            signature
        } else {
            "custom"
        };
        json.insert("signature".into(), written.into());
        let place = self.types.len();
        self.types.push(json.into());
        self.type_places.insert(signature.to_owned(), place);
        place
    }

    /// The place of a core operation's declaration.
    pub(crate) fn core(&mut self, op: &str) -> usize {
        self.place((op.to_owned(), None, Vec::new()), Object::new(), Vec::new())
    }

    /// The place of a node's declaration; `kept` is what the source's carried besides.
    pub(crate) fn declaration(&mut self, node: &Node, kept: Object) -> usize {
        let declared = Declared::of(
            &node.op,
            node.extension.clone(),
            &node.inputs,
            &node.outputs,
        );
        let mut typed = |sockets: &BTreeMap<String, String>| -> Vec<(String, usize)> {
            sockets
                .iter()
                .map(|(socket, signature)| (socket.clone(), self.type_of(signature)))
                .collect()
        };
        let (inputs, outputs) = (typed(&declared.inputs), typed(&declared.outputs));
        self.place((node.op.clone(), declared.extension, inputs), kept, outputs)
    }

    fn place(&mut self, key: DeclarationKey, kept: Object, outputs: Vec<(String, usize)>) -> usize {
        let place = match self.declaration_places.get(&key) {
            Some(place) => *place,
            None => {
                let (op, extension, inputs) = &key;
                let mut json = kept;
                json.insert("op".into(), op.as_str().into());
                if let Some(extension) = extension {
                    json.insert("extension".into(), extension.as_str().into());
                }
                if !inputs.is_empty() {
                    json.insert("inputValueSockets".into(), sockets(inputs).into());
                }
                let place = self.declarations.len();
                self.declarations.push(json);
                self.declaration_places.insert(key, place);
                place
            }
        };
        // Outputs do not make declarations differ, so nodes that name other ones share what all of them name.
        if let Some(declaration) = self.declarations.get_mut(place)
            && !outputs.is_empty()
        {
            let listed = declaration
                .entry("outputValueSockets")
                .or_insert_with(|| Object::new().into());
            if let Some(listed) = listed.as_object_mut() {
                for (socket, json) in sockets(&outputs) {
                    listed.entry(socket).or_insert(json);
                }
            }
        }
        place
    }

    /// The lists, as they stand in the file.
    pub(crate) fn into_lists(self) -> (Vec<Json>, Vec<Json>) {
        (
            self.types,
            self.declarations.into_iter().map(Json::from).collect(),
        )
    }
}

fn sockets(typed: &[(String, usize)]) -> Object {
    typed
        .iter()
        .map(|(socket, place)| (socket.clone(), serde_json::json!({ "type": place })))
        .collect()
}
