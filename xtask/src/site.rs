//! WASM and web/ → `target/site`, the folder of static files that the server embeds, each with
//! its compressed forms beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::failure::{Failure, While};
use crate::setup::{self, Need};
use crate::wasm;
use crate::{compressed, layout, process};

/// The list of all other files of the site with their hashes, as `sha256sum -c` reads it.
pub const HASHES: &str = "site.sha256";

/// Builds the whole site and prints its size. Returns the folder it lies in.
///
/// # Errors
/// Something is missing that cannot be installed from here, or a build step fails.
pub fn build() -> Result<PathBuf, Failure> {
    wasm::build(false)?;
    setup::ensure(&[Need::Web])?;
    process::capture(
        process::command("npm", &layout::below_root("web")).args(["run", "--silent", "build"]),
    )?;
    let mut files = read_folder(&layout::below_root("web/dist"))?;
    if !files.contains_key("index.html") {
        return Err(Failure::new("web/ was built, but without an index.html"));
    }
    let hashes = hash_list(&files);
    files.insert(HASHES.into(), hashes.into_bytes());
    let folder = layout::site();
    std::fs::create_dir_all(&folder).while_("making the folder of the site")?;
    let forms = compressed::forms(&files, &read_folder(&folder)?)?;
    let lightest = |(name, bytes): (&String, &Vec<u8>)| {
        let form = forms.get(&format!("{name}.br"));
        form.map_or(bytes.len(), Vec::len)
    };
    let compressed_size: usize = files.iter().map(lightest).sum();
    let all = files.clone().into_iter().chain(forms).collect();
    mirror(&all, &folder)?;
    println!(
        "site: {} files, {} bytes, {compressed_size} compressed",
        files.len(),
        files.values().map(Vec::len).sum::<usize>()
    );
    Ok(folder)
}

/// All files below a folder: path with forward slashes → content.
fn read_folder(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    let mut pending = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = pending.pop() {
        let reading = format!("reading {}", folder.display());
        for entry in std::fs::read_dir(&folder).while_(&reading)? {
            let entry = entry.while_(&reading)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().while_(&reading)?.is_dir() {
                pending.push((entry.path(), format!("{name}/")));
            } else {
                let bytes = std::fs::read(entry.path()).while_(format!("reading {name}"))?;
                files.insert(name, bytes);
            }
        }
    }
    Ok(files)
}

/// One line a file, sorted by name: `<sha256>  <name>`.
fn hash_list(files: &BTreeMap<String, Vec<u8>>) -> String {
    files
        .iter()
        .map(|(name, bytes)| format!("{}  {name}\n", hex::encode(Sha256::digest(bytes))))
        .collect()
}

/// Makes a folder hold exactly these files. What is already right is not touched, so
/// that the server is not built again for nothing.
fn mirror(files: &BTreeMap<String, Vec<u8>>, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).while_(format!("making {}", folder.display()))?;
    let present = read_folder(folder)?;
    for name in present.keys().filter(|name| !files.contains_key(*name)) {
        std::fs::remove_file(folder.join(name)).while_(format!("removing {name}"))?;
    }
    for (name, bytes) in files {
        if present.get(name) == Some(bytes) {
            continue;
        }
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).while_(format!("making {}", parent.display()))?;
        }
        std::fs::write(&path, bytes).while_(format!("writing {name}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        list.iter()
            .map(|(name, text)| (name.to_string(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn the_hash_list_is_sorted_and_readable_by_sha256sum() {
        let list = hash_list(&files(&[("b.js", ""), ("a.html", "")]));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(list, format!("{empty}  a.html\n{empty}  b.js\n"));
    }

    #[test]
    fn a_mirrored_folder_holds_exactly_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let before = files(&[("old.js", "1"), ("deep/kept.js", "2")]);
        mirror(&before, folder.path()).unwrap();
        let now = files(&[("deep/kept.js", "2"), ("new.js", "3")]);
        mirror(&now, folder.path()).unwrap();
        assert_eq!(read_folder(folder.path()).unwrap(), now);
    }
}
