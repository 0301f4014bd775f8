//! Files named on the command line.

use super::failure::Failure;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// Larger than anything that is read here.
const LIMIT: u64 = 64 << 20;
const STANDARD_INPUT: &str = "-";

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(LIMIT).read_to_end(&mut bytes))
        .map_err(|error| cannot("read", path, &error))?;
    Ok(bytes)
}

/// The text of a file.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| {
        Failure::usage(
            format!("{} is not a text", path.display()),
            "Check the name.",
        )
    })
}

/// Words somebody wrote, from a file or, for `-`, from standard input.
pub fn read_words(path: &Path) -> Result<Zeroizing<String>, Failure> {
    if !is_standard_input(path) {
        return read_text(path).map(Zeroizing::new);
    }
    if io::stdin().is_terminal() {
        eprintln!("Write what you want to say; an empty line and Ctrl-D end it.");
    }
    let mut text = Zeroizing::new(String::new());
    io::stdin()
        .take(LIMIT)
        .read_to_string(&mut text)
        .map_err(|_| Failure::usage("no text can be read", "Nothing was sent; try --text FILE."))?;
    Ok(text)
}

pub fn is_standard_input(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT)
}

/// Writes a file others may read: one that is there is replaced whole.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    fs::write(&temporary, bytes)
        .and_then(|()| fs::rename(&temporary, path))
        .map_err(|error| cannot("write", path, &error))
}

/// Writes a new file only its owner can read. One that is there is not touched.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|error| cannot("write", path, &error))
}

/// Makes a folder only its owner can enter, where there is none.
pub fn secret_folder(path: &Path) -> Result<(), Failure> {
    let made = fs::create_dir_all(path);
    #[cfg(unix)]
    let made = made.and_then(|()| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))
    });
    made.map_err(|error| cannot("make", path, &error))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::AlreadyExists => "it is there already".to_owned(),
        io::ErrorKind::PermissionDenied => "it is not permitted".to_owned(),
        kind => kind.to_string(),
    };
    Failure::usage(
        format!("cannot {what} {}: {reason}", path.display()),
        "Check the name.",
    )
}
