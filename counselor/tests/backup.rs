//! A backup has the cases and none of the daily keys, so that a thief who finds it opens nothing
//! on the server; and it is for reading, because writing goes on in the desk itself.

mod support;

use beistand_counselor::desk::{Desk, DeskError};
use beistand_counselor::passphrase::Passphrase;
use beistand_counselor::vault::{Vault, VaultError};
use std::fs;
use std::path::{Path, PathBuf};
use support::{noon, passphrase, Organisation, FIRST_DAY};
use zeroize::Zeroizing;

fn back_up(organisation: &Organisation, name: &str) -> (PathBuf, Desk) {
    let folder = organisation.folder.path().join(name);
    organisation.desks[0].back_up(&folder, FIRST_DAY).unwrap();
    let desk = Desk::open(&folder, &passphrase()).unwrap();
    (folder, desk)
}

fn records(vault: &Path) -> usize {
    fs::read_dir(vault.join("records")).unwrap().count()
}

#[test]
fn it_has_the_cases_and_opens_nothing_on_the_server() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let (_, slot) = organisation.report("to be read again after a loss");
    organisation.sync(0);
    assert!(organisation.any_key_opens(&organisation.desks[0], &slot));

    let (folder, backup) = back_up(&organisation, "backup");
    assert!(!organisation.any_key_opens(&backup, &slot));
    assert_eq!(backup.keys().prekeys().len(), 0);
    // All records but that of the one prekey, and the one that says what it is.
    assert_eq!(records(&folder), records(&organisation.vault(0)));
    let number = organisation.desks[0].cases().unwrap()[0].case;
    let shown = |desk: &Desk| serde_json::to_string(&desk.case(number).unwrap()).unwrap();
    assert_eq!(shown(&backup), shown(&organisation.desks[0]));
    assert!(shown(&backup).contains("to be read again after a loss"));

    // Nor later, when the keys of the desk itself are over.
    organisation.server.set_time(noon(FIRST_DAY.forward(15)));
    organisation.sync(0);
    assert!(!organisation.any_key_opens(&organisation.desks[0], &slot));
    assert!(!organisation.any_key_opens(&backup, &slot));
}

#[test]
fn it_is_for_reading() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    organisation.report("somebody waits for an answer");
    organisation.sync(0);
    let (_, mut backup) = back_up(&organisation, "backup");
    let (client, now) = (organisation.client(), organisation.server.now());
    let number = backup.cases().unwrap()[0].case;
    let counts = organisation.server.counts();

    let refused = |outcome: Result<(), DeskError>| {
        let error = outcome.unwrap_err();
        assert!(
            matches!(error, DeskError::Backup { made } if made == FIRST_DAY),
            "{error}"
        );
    };
    refused(backup.sync(&client, now).map(drop));
    refused(backup.note(&client, number, "a note", now).map(drop));
    refused(backup.forget(&client, number, now.day()));
    refused(backup.keep(number));
    let second = organisation.folder.path().join("second");
    refused(backup.back_up(&second, FIRST_DAY));
    assert_eq!(organisation.server.counts(), counts);
    // The desk itself goes on.
    organisation.sync(0);
}

#[test]
fn it_opens_with_the_passphrase_alone() {
    let organisation = Organisation::new(1);
    let (folder, backup) = back_up(&organisation, "backup");
    drop(backup);
    let wrong = Passphrase::new(Zeroizing::new("lamp river sand".to_owned()));
    let error = Desk::open(&folder, &wrong).err().unwrap();
    assert!(matches!(
        error,
        DeskError::Vault(VaultError::WrongPassphrase)
    ));
}

#[test]
fn one_that_was_cut_off_is_none_and_is_made_again() {
    let organisation = Organisation::new(1);
    let folder = organisation.folder.path().join("backup");
    let spare = organisation.folder.path().join("spare-vault");
    let vault = Vault::create(
        &spare,
        &passphrase(),
        beistand_counselor::vault::KeyDerivation::FOR_TESTS,
    )
    .unwrap();
    vault.write("something", b"of a day").unwrap();
    let copy = vault.begin_copy(&folder).unwrap();
    copy.take("something").unwrap();
    drop(copy);
    let error = Vault::open(&folder, &passphrase()).err().unwrap();
    assert!(matches!(error, VaultError::Missing));
    back_up(&organisation, "backup");
}

#[test]
fn a_folder_that_has_something_is_left_alone() {
    let organisation = Organisation::new(1);
    let (folder, backup) = back_up(&organisation, "backup");
    let before = records(&folder);
    drop(backup);
    let error = organisation.desks[0].back_up(&folder, FIRST_DAY);
    assert!(matches!(
        error.unwrap_err(),
        DeskError::Vault(VaultError::Exists)
    ));
    assert_eq!(records(&folder), before);
}
