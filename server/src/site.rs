//! The static site: a fixed map from path to file, read once. Nothing outside it can be reached,
//! because no request ever touches the disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// More than any site of this project is; whoever names the wrong folder learns it at the start.
const LARGEST_SITE: u64 = 256 * 1024 * 1024;

mod embedded {
    // `FILES: &[(&str, &[u8])]`, written by build.rs.
    include!(concat!(env!("OUT_DIR"), "/site.rs"));
}

/// A file of the site. Its bytes are shared by all visitors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// What it is.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// The same, compressed when the site was built; the smallest first.
    pub compressed: Vec<(Coding, Arc<[u8]>)>,
}

/// How a file lies compressed beside itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coding {
    /// `.br`
    Brotli,
    /// `.gz`
    Gzip,
}

impl Coding {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Its name in `Content-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the name of a file compressed with it ends in.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }

    /// The name of the file that is compressed in the one at `path`.
    fn original(path: &str) -> Option<(Self, &str)> {
        Self::ALL
            .into_iter()
            .find_map(|coding| Some((coding, path.strip_suffix(coding.suffix())?)))
    }
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
        let (compressed, plain): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|(path, _)| Coding::original(path).is_some());
        let plain = plain.into_iter().map(|(path, bytes)| {
            let file = SiteFile {
                content_type: content_type(&path),
                bytes: bytes.into(),
                compressed: Vec::new(),
            };
            (path, file)
        });
        let mut files: BTreeMap<String, SiteFile> = plain.collect();
        for (path, bytes) in compressed {
            let Some((coding, original)) = Coding::original(&path) else {
                continue;
            };
            // What became no smaller is of no use.
            if let Some(file) = files
                .get_mut(original)
                .filter(|file| bytes.len() < file.bytes.len())
            {
                file.compressed.push((coding, bytes.into()));
                file.compressed.sort_by_key(|(_, bytes)| bytes.len());
            }
        }
        Self { files }
    }

    /// How many files there are, compressed ones not counted.
    #[expect(clippy::len_without_is_empty, reason = "a site has a page")]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether it is only the page that says how to get a site.
    pub fn is_placeholder(&self) -> bool {
        let page = self.file("/").map(|page| &*page.bytes);
        page == Some(PLACEHOLDER.as_bytes())
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
        write("app.wasm", "wasm, plain");
        write("app.wasm.gz", "gzipped");
        write("app.wasm.br", "br");
        write("index.html.gz", "longer than the page");
        fs::create_dir(directory.path().join("de")).unwrap();
        write("de/index.html", "<p lang=de>");
        std::os::unix::fs::symlink("/etc/passwd", directory.path().join("link")).unwrap();
        let site = Site::read(directory.path()).unwrap();
        let page = site.file("/").unwrap();
        assert_eq!((&*page.bytes, page.compressed.len()), (&b"<p>"[..], 0));
        assert_eq!(&*site.file("/de/").unwrap().bytes, b"<p lang=de>");
        let wasm = site.file("/app.wasm").unwrap();
        assert_eq!(wasm.content_type, "application/wasm");
        assert_eq!(
            wasm.compressed,
            [
                (Coding::Brotli, b"br"[..].into()),
                (Coding::Gzip, b"gzipped"[..].into())
            ]
        );
        for nothing in [
            "/link",
            "/app.wasm.gz",
            "/app.wasm.br",
            "/../index.html",
            "",
            "index.html",
            "//",
        ] {
            assert!(site.file(nothing).is_none(), "{nothing}");
        }
    }
}
