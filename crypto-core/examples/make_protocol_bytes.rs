//! Writes the samples into `docs/protocol-bytes.md`, each into the block of its name:
//! `cargo run -p beistand-crypto-core --example make_protocol_bytes`.
#![expect(
    clippy::disallowed_methods,
    reason = "an example writes files; the crate does not"
)]

#[path = "../tests/support/protocol_bytes.rs"]
mod protocol_bytes;

use protocol_bytes::{blocks, page, texts};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = std::fs::read_to_string(page())?;
    for block in blocks() {
        text = with(&text, &format!("hex {}", block.name), &block.render())?;
    }
    for (name, content) in texts() {
        text = with(&text, &format!("text {name}"), &content)?;
    }
    std::fs::write(page(), text)?;
    Ok(())
}

/// The page with this content in the block whose fence has this title.
fn with(page: &str, title: &str, content: &str) -> Result<String, String> {
    let fence = format!("```{title}\n");
    let missing = || format!("docs/protocol-bytes.md has no whole block {title}");
    let start = page.find(&fence).ok_or_else(missing)? + fence.len();
    let length = page[start..].find("```").ok_or_else(missing)?;
    Ok([&page[..start], content, &page[start + length..]].concat())
}
