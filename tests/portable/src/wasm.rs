//! The checks as JavaScript calls them. What panics says so on the console and traps.

use wasm_bindgen::prelude::*;

use crate::vectors::Summary;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// Lets a panic say which case it was.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
}

/// The names of the checks, one a line.
#[wasm_bindgen]
pub fn checks() -> String {
    let names: Vec<&str> = crate::CHECKS.iter().map(|check| check.0).collect();
    names.join("\n")
}

/// Runs one check; traps where it does not hold.
#[wasm_bindgen]
pub fn check(name: &str) {
    let found = crate::CHECKS.iter().find(|check| check.0 == name);
    found.expect("there is a check of that name").1();
}

/// Checks a file of our frozen vectors; gives its kind.
#[wasm_bindgen]
pub fn frozen(name: &str, text: &str) -> String {
    crate::frozen::check(name, text).to_owned()
}

/// Vectors of the age format, one after another.
#[wasm_bindgen]
#[derive(Default)]
pub struct Vectors(Summary);

#[wasm_bindgen]
impl Vectors {
    /// None tried yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tries one.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        self.0.add(name, bytes);
    }

    /// How many came to what they should.
    pub fn passed(&self) -> usize {
        self.0.passed
    }

    /// One line a vector that did not.
    pub fn failures(&self) -> String {
        self.0.failures.join("\n")
    }

    /// The names of those that deviate as is known, one a line.
    pub fn deviating(&self) -> String {
        self.0.deviating.join("\n")
    }
}
