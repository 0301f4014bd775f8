//! What the vault promises: only the passphrase opens it, no file can be changed, cut, swapped
//! or half written without notice, and nothing in it says what it is.

use beistand_counselor::passphrase::Passphrase;
use beistand_counselor::vault::{KeyDerivation, Vault, VaultError};
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(Zeroizing::new(text.to_owned()))
}

fn create(folder: &Path) -> Vault {
    Vault::create(
        folder,
        &passphrase("lamp river stone"),
        KeyDerivation::FOR_TESTS,
    )
    .unwrap()
}

fn open(folder: &Path) -> Result<Vault, VaultError> {
    Vault::open(folder, &passphrase("lamp river stone"))
}

fn record_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("records")).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn what_was_written_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let vault = create(folder.path());
    vault.write("case/a", b"one").unwrap();
    vault.write("case/b", &[7; 100_000]).unwrap();
    vault.write("other", b"").unwrap();
    vault.write("case/a", b"two").unwrap();
    drop(vault);
    let vault = open(folder.path()).unwrap();
    assert_eq!(vault.read("case/a").unwrap().unwrap().as_slice(), b"two");
    assert_eq!(
        vault.read("case/b").unwrap().unwrap().as_slice(),
        [7; 100_000]
    );
    assert_eq!(vault.read("other").unwrap().unwrap().as_slice(), b"");
    assert!(vault.read("case/c").unwrap().is_none());
    assert_eq!(vault.names("case/").unwrap(), ["case/a", "case/b"]);
    vault.remove("case/a").unwrap();
    vault.remove("case/a").unwrap();
    assert_eq!(vault.names("").unwrap(), ["case/b", "other"]);
}

#[test]
fn only_the_passphrase_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    for wrong in [
        "",
        "lamp river ston",
        "lamp river stone ",
        "Lamp river stone",
    ] {
        let error = Vault::open(folder.path(), &passphrase(wrong))
            .err()
            .unwrap();
        assert!(matches!(error, VaultError::WrongPassphrase), "{error}");
        assert_eq!(error.to_string(), "this passphrase does not open the vault");
    }
    assert!(open(folder.path()).is_ok());
}

#[test]
fn a_short_passphrase_makes_no_vault() {
    let folder = tempfile::tempdir().unwrap();
    let made = Vault::create(
        folder.path(),
        &passphrase("1234567"),
        KeyDerivation::FOR_TESTS,
    );
    assert!(matches!(made, Err(VaultError::TooShort(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("holiday.jpg"), b"x").unwrap();
    let made = Vault::create(
        folder.path(),
        &passphrase("lamp river stone"),
        KeyDerivation::FOR_TESTS,
    );
    assert!(matches!(made, Err(VaultError::Exists)));
    assert!(matches!(open(folder.path()), Err(VaultError::Missing)));

    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let again = Vault::create(
        folder.path(),
        &passphrase("lamp river stone"),
        KeyDerivation::FOR_TESTS,
    );
    assert!(matches!(again, Err(VaultError::Exists)));
}

#[test]
fn two_programs_cannot_have_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let vault = create(folder.path());
    assert!(matches!(open(folder.path()), Err(VaultError::InUse)));
    drop(vault);
    assert!(open(folder.path()).is_ok());
}

#[test]
fn a_changed_or_cut_record_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let vault = create(folder.path());
    vault.write("message", b"words").unwrap();
    let file = record_files(folder.path()).remove(0);
    let good = fs::read(&file).unwrap();
    let lengths = [0, 1, 24, 100, 168, 169, 192, 500, good.len() - 1];
    for length in lengths {
        fs::write(&file, &good[..length]).unwrap();
        assert!(
            matches!(vault.read("message"), Err(VaultError::Damaged)),
            "cut at {length}"
        );
    }
    for position in (0..good.len()).step_by(37) {
        let mut bad = good.clone();
        bad[position] ^= 1;
        fs::write(&file, &bad).unwrap();
        assert!(
            matches!(vault.read("message"), Err(VaultError::Damaged)),
            "bit at {position}"
        );
    }
    fs::write(&file, [&good[..], b"x"].concat()).unwrap();
    assert!(matches!(vault.read("message"), Err(VaultError::Damaged)));
    fs::write(&file, &good).unwrap();
    assert!(vault.read("message").unwrap().is_some());
}

#[test]
fn swapped_records_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let vault = create(folder.path());
    vault.write("prekey/1", b"one").unwrap();
    vault.write("prekey/2", b"two").unwrap();
    let files = record_files(folder.path());
    let [first, second] = [fs::read(&files[0]).unwrap(), fs::read(&files[1]).unwrap()];

    fs::write(&files[0], &second).unwrap();
    fs::write(&files[1], &first).unwrap();
    assert!(matches!(vault.read("prekey/1"), Err(VaultError::Damaged)));
    assert!(matches!(vault.read("prekey/2"), Err(VaultError::Damaged)));
    assert!(matches!(vault.names(""), Err(VaultError::Damaged)));

    // The names stay where they belong, the contents are exchanged.
    const HEAD: usize = 24 + 128 + 16;
    fs::write(&files[0], [&first[..HEAD], &second[HEAD..]].concat()).unwrap();
    fs::write(&files[1], [&second[..HEAD], &first[HEAD..]].concat()).unwrap();
    assert!(matches!(vault.read("prekey/1"), Err(VaultError::Damaged)));
    assert!(matches!(vault.read("prekey/2"), Err(VaultError::Damaged)));
}

#[test]
fn a_record_of_another_vault_is_noticed() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = (create(one.path()), create(two.path()));
    first.write("a", b"one").unwrap();
    second.write("a", b"two").unwrap();
    let foreign = fs::read(&record_files(two.path())[0]).unwrap();
    fs::write(&record_files(one.path())[0], foreign).unwrap();
    assert!(matches!(first.read("a"), Err(VaultError::Damaged)));
}

#[test]
fn a_crash_while_writing_leaves_the_record_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let vault = create(folder.path());
    vault.write("message", b"before").unwrap();
    drop(vault);
    let file = record_files(folder.path()).remove(0);
    // The machine stopped after the new file was begun and before it got its name.
    let unfinished = file.with_extension("new");
    let whole = fs::read(&file).unwrap();
    for written in [&b""[..], &whole[..whole.len() / 2], &whole] {
        fs::write(&unfinished, written).unwrap();
        let vault = open(folder.path()).unwrap();
        assert_eq!(
            vault.read("message").unwrap().unwrap().as_slice(),
            b"before"
        );
        assert_eq!(vault.names("").unwrap(), ["message"]);
        assert!(!unfinished.exists());
    }
    // It stopped in the middle of making the vault.
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    fs::rename(
        folder.path().join("vault.json"),
        folder.path().join("vault.json.new"),
    )
    .unwrap();
    assert!(matches!(open(folder.path()), Err(VaultError::Missing)));
    let vault = create(folder.path());
    assert_eq!(vault.names("").unwrap(), Vec::<String>::new());
}

#[test]
fn files_say_nothing_and_nobody_else_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let vault = create(folder.path());
    let secret = b"the text of a report that nobody else may see";
    vault.write("message/with-a-telling-name", secret).unwrap();
    vault.write("message/short", b"x").unwrap();
    let files = record_files(folder.path());
    assert_eq!(
        fs::metadata(&files[0]).unwrap().len(),
        fs::metadata(&files[1]).unwrap().len()
    );
    for file in &files {
        let bytes = fs::read(file).unwrap();
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!holds(&secret[..12]) && !holds(b"telling"));
        assert!(!file.to_str().unwrap().contains("telling"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&folder.path().join("records")), 0o700);
        assert_eq!(mode(&folder.path().join("vault.json")), 0o600);
        assert_eq!(mode(&files[0]), 0o600);
    }
}

#[test]
fn a_header_of_another_version_or_with_mad_demands_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let path = folder.path().join("vault.json");
    let header = fs::read_to_string(&path).unwrap();
    fs::write(&path, header.replace("\"v\": 1", "\"v\": 2")).unwrap();
    assert!(matches!(open(folder.path()), Err(VaultError::Version)));
    fs::write(
        &path,
        header.replace("\"memory_kib\": 64", "\"memory_kib\": 4000000000"),
    )
    .unwrap();
    assert!(matches!(open(folder.path()), Err(VaultError::Damaged)));
    fs::write(&path, &header[..header.len() / 2]).unwrap();
    assert!(matches!(open(folder.path()), Err(VaultError::Damaged)));
}
