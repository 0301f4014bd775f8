//! The static site: a fixed map from path to file, read once. Nothing outside it can be reached,
//! because no request ever touches the disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// More than any site of this project is; whoever names the wrong folder learns it at the start.
const LARGEST_SITE: u64 = 256 * 1024 * 1024;

mod embedded {
    // `FILES: &[(&str, &[u8])]`, written by build.rs.
    include!(concat!(env!("OUT_DIR"), "/site.rs"));
}

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// What it is.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The same, compressed with gzip when the site was built.
    pub gzip: Option<Vec<u8>>,
}

/// All files of the site by their paths, which begin with a slash.
#[derive(Debug, Clone, Default)]
pub struct Site {
    files: BTreeMap<String, SiteFile>,
}

const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Beistand</title>
<p>This server was built without its site. Run <code>cargo xtask run</code>, or start it with
<code>--site DIR</code>.</p>
</html>
";

impl Site {
    /// The site the program was built with, or a page that says how to get one.
    pub fn embedded() -> Self {
        let files: Vec<_> = embedded::FILES
            .iter()
            .map(|(path, bytes)| (format!("/{path}"), bytes.to_vec()))
            .collect();
        if files.is_empty() {
            let page = PLACEHOLDER.as_bytes().to_vec();
            return Self::of(vec![("/index.html".to_owned(), page)]);
        }
        Self::of(files)
    }

    /// The site in a folder.
    ///
    /// # Errors
    /// Those of reading, and [`io::ErrorKind::InvalidData`] where there is no `index.html`, a name
    /// is not plain ASCII, or there is far too much.
    pub fn read(directory: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        let mut size = 0;
        read_folder(directory, "", &mut files, &mut size)?;
        let site = Self::of(files);
        if site.file("/").is_none() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "there is no index.html",
            ));
        }
        Ok(site)
    }

    fn of(files: Vec<(String, Vec<u8>)>) -> Self {
        let mut plain = BTreeMap::new();
        let mut compressed = Vec::new();
        for (path, bytes) in files {
            match path.strip_suffix(".gz") {
                Some(original) => compressed.push((original.to_owned(), bytes)),
                None => {
                    let content_type = content_type(&path);
                    plain.insert(
                        path,
                        SiteFile {
                            content_type,
                            bytes,
                            gzip: None,
                        },
                    );
                }
            }
        }
        for (path, bytes) in compressed {
            if let Some(file) = plain.get_mut(&path) {
                file.gzip = Some(bytes);
            }
        }
        Self { files: plain }
    }

    /// The file at a path; a path that ends in a slash means the `index.html` there.
    pub fn file(&self, path: &str) -> Option<&SiteFile> {
        if path.ends_with('/') {
            return self.files.get(&format!("{path}index.html"));
        }
        self.files.get(path)
    }
}

fn read_folder(
    directory: &Path,
    prefix: &str,
    files: &mut Vec<(String, Vec<u8>)>,
    size: &mut u64,
) -> io::Result<()> {
    let invalid = |sentence| io::Error::new(io::ErrorKind::InvalidData, sentence);
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name
            .to_str()
            .filter(|name| name.bytes().all(|b| b.is_ascii_graphic()));
        let name = name.ok_or_else(|| invalid("a file name is not plain ASCII"))?;
        let path = format!("{prefix}/{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            read_folder(&entry.path(), &path, files, size)?;
        } else if kind.is_file() {
            *size += entry.metadata()?.len();
            if *size > LARGEST_SITE {
                return Err(invalid("this is far more than a site"));
            }
            files.push((path, fs::read(entry.path())?));
        }
        // Links are not followed: they could lead out of the site.
    }
    Ok(())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "sha256" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_what_lies_in_its_folder_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
        assert!(Site::read(directory.path()).is_err());
        write("index.html", "<p>");
        write("app.wasm", "wasm");
        write("app.wasm.gz", "gz");
        fs::create_dir(directory.path().join("de")).unwrap();
        write("de/index.html", "<p lang=de>");
        std::os::unix::fs::symlink("/etc/passwd", directory.path().join("link")).unwrap();
        let site = Site::read(directory.path()).unwrap();
        assert_eq!(site.file("/").unwrap().bytes, b"<p>");
        assert_eq!(site.file("/de/").unwrap().bytes, b"<p lang=de>");
        let wasm = site.file("/app.wasm").unwrap();
        assert_eq!(
            (wasm.content_type, wasm.gzip.as_deref()),
            ("application/wasm", Some(&b"gz"[..]))
        );
        for nothing in [
            "/link",
            "/app.wasm.gz",
            "/../index.html",
            "",
            "index.html",
            "//",
        ] {
            assert!(site.file(nothing).is_none(), "{nothing}");
        }
    }
}
