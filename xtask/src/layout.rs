//! Where things lie in the workspace.

use std::path::{Path, PathBuf};

/// The workspace's root: the folder above xtask.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf()
}

/// A path below the root, given with forward slashes.
pub fn below_root(path: &str) -> PathBuf {
    root().join(path)
}

/// What wasm-bindgen makes of client-wasm: `beistand.js`, `beistand_bg.wasm`.
pub fn wasm() -> PathBuf {
    below_root("target/wasm")
}

/// The same for browsers without WebAssembly: `beistand.js`, `beistand_bg.js`, and the
/// `beistand_bg.wasm` that web/build.mjs translates into JavaScript.
pub fn wasm_plain() -> PathBuf {
    below_root("target/wasm-plain")
}

/// The finished site, which the server embeds.
pub fn site() -> PathBuf {
    below_root("target/site")
}
