//! Types inferred through wires.
//!
//! Each group of sockets that must agree is a *variable* whose *domain* is the set of places in the sockets' lists of
//! types that are still possible. A wire lets both its ends keep only the types they share. Domains only shrink, so
//! following wires from every domain that shrank ends after a few visits per wire; no recursion, and loops are harmless.

use std::collections::{HashMap, VecDeque};

use super::Graph;

/// The signatures of the specification, the likeliest first; custom ones follow.
pub(crate) const SIGNATURES: [&str; 10] = [
    "float", "int", "bool", "float2", "float3", "float4", "float2x2", "float3x3", "float4x4", "ref",
];

/// Most signatures one graph's inference tells apart; others fit anything.
const MOST: usize = 64;

/// A signature by its place in [`Signatures`].
pub(super) type Signature = u8;

/// A set of places or signatures, one bit each.
type Set = u64;

/// All signatures that a graph names.
pub(super) struct Signatures {
    names: Vec<String>,
    places: HashMap<String, Signature>,
}

impl Signatures {
    /// Those of the specification and those the graph's records name.
    pub(super) fn of(graph: &Graph) -> Self {
        let mut signatures = Self {
            names: SIGNATURES.map(str::to_owned).to_vec(),
            places: HashMap::new(),
        };
        let variables = graph.variables.values().map(|it| &it.initial);
        let events = graph.events.values().flat_map(|it| it.values.values());
        for literal in variables.chain(events) {
            signatures.add(&literal.signature);
        }
        for node in graph.nodes.values() {
            for name in node.inputs.values().chain(node.outputs.values()) {
                signatures.add(name);
            }
            for literal in node.values.values() {
                signatures.add(&literal.signature);
            }
            if let Some(name) = super::sockets::configured_text(node, "type") {
                signatures.add(name);
            }
        }
        signatures
    }

    fn add(&mut self, name: &str) {
        if self.names.len() < MOST && !name.is_empty() && self.get(name).is_none() {
            self.places
                .insert(name.to_owned(), self.names.len() as Signature);
            self.names.push(name.to_owned());
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Signature> {
        // Most names are the specification's: a short scan beats hashing.
        SIGNATURES
            .iter()
            .position(|it| *it == name)
            .map(|place| place as Signature)
            .or_else(|| self.places.get(name).copied())
    }

    pub(super) fn name(&self, signature: Signature) -> &str {
        &self.names[usize::from(signature)]
    }

    fn all(&self) -> Set {
        first(self.names.len())
    }
}

fn first(count: usize) -> Set {
    if count >= MOST {
        Set::MAX
    } else {
        (1 << count) - 1
    }
}

/// The types a socket may have: the signature at each place of its variable's domain.
#[derive(Clone, Copy)]
pub(super) struct Types {
    /// How many places; none for a socket that may have any type, whose places are the signatures themselves.
    count: u8,
    places: [Signature; SIGNATURES.len()],
}

impl Types {
    pub(super) const ANY: Types = Types {
        count: 0,
        places: [0; SIGNATURES.len()],
    };

    /// One type.
    pub(super) fn one(signature: Signature) -> Self {
        Self {
            count: 1,
            places: [signature; SIGNATURES.len()],
        }
    }

    /// The types of a socket of the vocabulary; an empty list is any type.
    pub(super) fn listed(names: &[String], signatures: &Signatures) -> Self {
        let mut types = Self::ANY;
        for name in names.iter().take(SIGNATURES.len()) {
            if let Some(signature) = signatures.get(name) {
                types.places[usize::from(types.count)] = signature;
                types.count += 1;
            }
        }
        types
    }

    fn domain(&self, signatures: &Signatures) -> Set {
        match self.count {
            0 => signatures.all(),
            count => first(usize::from(count)),
        }
    }

    /// The signatures that these places stand for.
    fn signatures(&self, domain: Set) -> Set {
        if self.count == 0 {
            return domain;
        }
        self.placed()
            .filter(|(place, _)| domain & (1 << place) != 0)
            .fold(0, |set, (_, signature)| set | 1 << signature)
    }

    /// The places that stand for one of these signatures.
    fn places(&self, signatures: Set) -> Set {
        if self.count == 0 {
            return signatures;
        }
        self.placed()
            .filter(|(_, signature)| signatures & (1 << signature) != 0)
            .fold(0, |set, (place, _)| set | 1 << place)
    }

    fn placed(&self) -> impl Iterator<Item = (usize, Signature)> {
        self.places[..usize::from(self.count)]
            .iter()
            .copied()
            .enumerate()
    }

    /// The signatures of these places, in the order of the list.
    fn in_order(&self, domain: Set) -> impl Iterator<Item = Signature> {
        (0..MOST)
            .filter(move |place| domain & (1 << place) != 0)
            .map(|place| match self.count {
                0 => place as Signature,
                _ => self.places[place],
            })
    }
}

/// A value socket in the inference.
pub(super) struct Pin {
    variable: u32,
    types: Types,
    output: bool,
}

/// Which end of a wire learns from the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Inputs learn from outputs.
    Down,
    /// Outputs learn from inputs.
    Up,
    /// Both.
    Both,
}

/// The question: pins, what binds them together, and the wires between them.
#[derive(Default)]
pub(super) struct Inference {
    pins: Vec<Pin>,
    /// By variable: the domain before any wire.
    domains: Vec<Set>,
    wires: Vec<(u32, u32)>,
    /// Signatures of typed-in values, by pin.
    literals: Vec<(u32, Signature)>,
}

/// The answer.
pub(super) struct Inferred {
    pins: Vec<Pin>,
    domains: Vec<Set>,
    /// By pin: the places a new wire might choose among.
    open: Vec<Set>,
}

impl Inference {
    /// A new variable for sockets of these types.
    pub(super) fn variable(&mut self, types: &Types, signatures: &Signatures) -> u32 {
        self.domains.push(types.domain(signatures));
        (self.domains.len() - 1) as u32
    }

    /// A new pin on a variable.
    pub(super) fn pin(&mut self, variable: u32, types: Types, output: bool) -> u32 {
        self.pins.push(Pin {
            variable,
            types,
            output,
        });
        (self.pins.len() - 1) as u32
    }

    /// Says what the type of a variable is whose sockets may have any.
    pub(super) fn fix(&mut self, variable: u32, signature: Signature) {
        self.domains[variable as usize] = 1 << signature;
    }

    /// A wire from an output to an input.
    pub(super) fn wire(&mut self, output: u32, input: u32) {
        self.wires.push((output, input));
    }

    /// A typed-in value at an input without a wire.
    pub(super) fn literal(&mut self, input: u32, signature: Signature) {
        self.literals.push((input, signature));
    }

    /// Follows the wires.
    pub(super) fn solve(self) -> Inferred {
        let near = self.wires_by_variable();
        // What is wired counts before what is typed in, and what comes in before what goes out.
        let mut down = self.domains.clone();
        self.follow(&mut down, &near, Direction::Down);
        let mut domains = down.clone();
        self.follow(&mut domains, &near, Direction::Both);
        self.apply_literals(&mut domains, &near, Direction::Both);
        self.apply_literals(&mut down, &near, Direction::Down);
        let mut up = self.domains.clone();
        self.follow(&mut up, &near, Direction::Up);
        self.apply_literals(&mut up, &near, Direction::Up);
        let open = self.open(&down, &up);
        Inferred {
            pins: self.pins,
            domains,
            open,
        }
    }

    fn wires_by_variable(&self) -> Neighbours {
        let ends = self
            .wires
            .iter()
            .enumerate()
            .flat_map(|(wire, (from, to))| {
                [*from, *to].map(|pin| (self.pins[pin as usize].variable, wire as u32))
            });
        Neighbours::new(self.domains.len(), ends)
    }

    fn follow(&self, domains: &mut [Set], near: &Neighbours, direction: Direction) {
        let queue = (0..self.wires.len() as u32).collect();
        self.follow_from(queue, domains, near, direction);
    }

    fn follow_from(
        &self,
        mut queue: VecDeque<u32>,
        domains: &mut [Set],
        near: &Neighbours,
        direction: Direction,
    ) {
        let mut queued = vec![false; self.wires.len()];
        queue.iter().for_each(|wire| queued[*wire as usize] = true);
        while let Some(wire) = queue.pop_front() {
            queued[wire as usize] = false;
            let (from, to) = self.wires[wire as usize];
            let (from, to) = (&self.pins[from as usize], &self.pins[to as usize]);
            let shared = from.types.signatures(domains[from.variable as usize])
                & to.types.signatures(domains[to.variable as usize]);
            if shared == 0 {
                continue; // The wire is wrong; it must not make others wrong.
            }
            for (pin, learns) in [
                (to, direction != Direction::Up),
                (from, direction != Direction::Down),
            ] {
                let domain = &mut domains[pin.variable as usize];
                let narrowed = *domain & pin.types.places(shared);
                if !learns || narrowed == *domain || narrowed == 0 {
                    continue;
                }
                *domain = narrowed;
                for &wire in near.of(pin.variable) {
                    if !std::mem::replace(&mut queued[wire as usize], true) {
                        queue.push_back(wire);
                    }
                }
            }
        }
    }

    fn apply_literals(&self, domains: &mut [Set], near: &Neighbours, direction: Direction) {
        let mut queue = VecDeque::new();
        for (pin, signature) in &self.literals {
            let pin = &self.pins[*pin as usize];
            let domain = &mut domains[pin.variable as usize];
            let narrowed = *domain & pin.types.places(1 << signature);
            if narrowed != 0 && narrowed != *domain {
                *domain = narrowed;
                queue.extend(near.of(pin.variable));
            }
        }
        self.follow_from(queue, domains, near, direction);
    }

    /// By pin, the places that everything wired to the *other* sockets of its variable leaves open. Inputs learn from
    /// what comes down to them and outputs from what comes up, so that a pin's own influence does not come back to it.
    fn open(&self, down: &[Set], up: &[Set]) -> Vec<Set> {
        let mut allowed: Vec<Set> = vec![Set::MAX; self.pins.len()];
        for (from, to) in &self.wires {
            let (output, input) = (&self.pins[*from as usize], &self.pins[*to as usize]);
            let arriving = output.types.signatures(down[output.variable as usize]);
            let expected = input.types.signatures(up[input.variable as usize]);
            allowed[*to as usize] &= input.types.places(arriving);
            allowed[*from as usize] &= output.types.places(expected);
        }
        // By variable: the places that some pin refuses, and those that several do.
        let mut refused = vec![(0, 0); self.domains.len()];
        for (pin, allowed) in self.pins.iter().zip(&allowed) {
            let (once, twice): &mut (Set, Set) = &mut refused[pin.variable as usize];
            *twice |= *once & !allowed;
            *once |= !allowed;
        }
        self.pins
            .iter()
            .zip(&allowed)
            .map(|(pin, allowed)| {
                let (once, twice) = refused[pin.variable as usize];
                let domain = self.domains[pin.variable as usize];
                let by_others = twice | (once & allowed);
                match domain & !by_others {
                    0 => domain, // The others contradict each other already.
                    open => open,
                }
            })
            .collect()
    }
}

impl Inferred {
    /// The pin's type, if it is certain.
    pub(super) fn signature(&self, pin: u32) -> Option<Signature> {
        let pin = &self.pins[pin as usize];
        let signatures = pin.types.signatures(self.domains[pin.variable as usize]);
        (signatures.count_ones() == 1).then(|| signatures.trailing_zeros() as Signature)
    }

    /// The types an output may give, or an input would take from a new wire, in the order of its list.
    pub(super) fn accepts(&self, pin: u32) -> impl Iterator<Item = Signature> {
        let place = pin as usize;
        let pin = &self.pins[place];
        let domain = match pin.output {
            true => self.domains[pin.variable as usize],
            false => self.open[place],
        };
        let mut seen: Set = 0;
        pin.types.in_order(domain).filter(move |signature| {
            let new = seen & (1 << signature) == 0;
            seen |= 1 << signature;
            new
        })
    }
}

/// Lists by variable, in one allocation.
struct Neighbours {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Neighbours {
    fn new(count: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0; count + 1];
        pairs
            .clone()
            .for_each(|(at, _)| starts[at as usize + 1] += 1);
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut items = vec![0; starts.last().map_or(0, |last| *last as usize)];
        for (at, item) in pairs {
            items[next[at as usize] as usize] = item;
            next[at as usize] += 1;
        }
        Self { starts, items }
    }

    fn of(&self, at: u32) -> &[u32] {
        let at = at as usize;
        &self.items[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}
