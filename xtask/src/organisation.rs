//! A small organisation, set up by the real programs' command lines: one root key, three
//! counselors who do not exist, a roster and prekeys that are renewed at every start.
//!
//! Every step can be repeated: what is there already stays as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, While};
use crate::process;
use crate::programs::Programs;
use crate::server::Server;

/// It stands beside the vaults it opens, so it need not be a good one.
const PASSPHRASE: &str = "this passphrase protects a demo only\n";

const DESCRIPTION: &str = include_str!("demo_organisation.toml");

/// A counselor of the demo.
#[derive(Debug)]
pub struct Counselor {
    /// The number on the roster.
    pub serial: u32,
    /// The name of the desk's folder.
    pub folder: &'static str,
    /// The name that reporters see.
    pub name: &'static str,
    pronouns: &'static str,
    languages: &'static [&'static str],
}

/// The counselors, with names from nowhere.
pub const COUNSELORS: [Counselor; 3] = [
    Counselor {
        serial: 1,
        folder: "ada",
        name: "Ada Beispiel",
        pronouns: "she/her",
        languages: &["en", "de"],
    },
    Counselor {
        serial: 2,
        folder: "boris",
        name: "Boris Mustermensch",
        pronouns: "he/him",
        languages: &["de"],
    },
    Counselor {
        serial: 3,
        folder: "cleo",
        name: "Cleo Placeholder",
        pronouns: "they/them",
        languages: &["en"],
    },
];

/// An organisation in a folder.
#[derive(Debug)]
pub struct Organisation {
    folder: PathBuf,
    programs: Programs,
}

impl Organisation {
    /// The organisation that lives, or is to live, in this folder.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn in_folder(folder: PathBuf, programs: Programs) -> Result<Self, Failure> {
        let organisation = Organisation { folder, programs };
        for name in ["", "desks", "paper"] {
            let folder = organisation.path(name);
            std::fs::create_dir_all(&folder).while_(format!("making {}", folder.display()))?;
        }
        std::fs::write(organisation.passphrase(), PASSPHRASE).while_("writing the passphrase")?;
        Ok(organisation)
    }

    /// Makes root key and instance file, if they are not there.
    ///
    /// # Errors
    /// A program refuses.
    pub fn found(&self, address: &str) -> Result<(), Failure> {
        if self.instance().is_file() {
            return Ok(());
        }
        let verb = if self.path("root/vault.json").is_file() {
            "key"
        } else {
            "new"
        };
        let key = self.with_root(&["root", verb])?;
        let mut beistand = self.beistand();
        beistand.args(["root", "init-instance", "--root", key.trim()]);
        beistand.args(["--address", address, "--out"]);
        process::capture(beistand.arg(self.instance())).map(drop)
    }

    /// Starts the organisation's server.
    ///
    /// # Errors
    /// The server does not start.
    pub fn serve(&self, port: u16) -> Result<Server, Failure> {
        let data = self.server_data();
        Server::start(&self.programs.server, &data, &self.instance(), port)
    }

    /// Lets the counselors join, signs and publishes the next roster.
    ///
    /// # Errors
    /// A program refuses.
    pub fn publish_roster(&self, server: &Server) -> Result<(), Failure> {
        let log_key = process::capture(
            Command::new(&self.programs.server)
                .args(["log-key", "--data"])
                .arg(self.server_data()),
        )?;
        let description = self.path("paper/organisation.toml");
        std::fs::write(&description, DESCRIPTION).while_("writing the description")?;
        let draft = self.path("paper/roster-draft.json");
        let roster = self.path("paper/roster.note");
        let mut beistand = self.beistand();
        beistand.args(["root", "roster", "--server", &server.url]);
        beistand.args(["--log", log_key.trim(), "--instance"]);
        beistand.arg(self.instance());
        beistand.arg("--organisation").arg(&description);
        for counselor in &COUNSELORS {
            beistand.arg("--add").arg(self.join(counselor)?);
        }
        process::capture(beistand.arg("--out").arg(&draft))?;
        let (draft, roster) = (draft.to_string_lossy(), roster.to_string_lossy());
        self.with_root(&["root", "sign", &draft, "--out", &roster])?;
        let mut beistand = self.beistand();
        beistand.args(["root", "publish", &roster, "--server", &server.url]);
        process::capture(beistand.arg("--instance").arg(self.instance())).map(drop)
    }

    /// A counselor's request to join; the desk is made if it is not there.
    fn join(&self, counselor: &Counselor) -> Result<PathBuf, Failure> {
        let invitation = self.path(&format!("paper/{}-invitation.json", counselor.folder));
        let request = self.path(&format!("paper/{}-join-request.json", counselor.folder));
        let mut beistand = self.beistand();
        beistand.args(["invite", "--serial", &counselor.serial.to_string()]);
        beistand.args(["--name", counselor.name]);
        beistand.args(["--pronouns", counselor.pronouns]);
        for language in counselor.languages {
            beistand.args(["--language", language]);
        }
        beistand.arg("--instance").arg(self.instance());
        process::capture(beistand.arg("--out").arg(&invitation))?;
        let (from, to) = (invitation.to_string_lossy(), request.to_string_lossy());
        self.at_desk(counselor, &["join", &from, "--out", &to])?;
        Ok(request)
    }

    /// Runs `beistand` at a counselor's desk and returns what it says.
    ///
    /// # Errors
    /// The program refuses.
    pub fn at_desk(&self, counselor: &Counselor, verb: &[&str]) -> Result<String, Failure> {
        self.with_vault(&self.desk(counselor), verb)
    }

    /// Runs `beistand-report` with something on its standard input, and returns what it
    /// says as JSON.
    ///
    /// # Errors
    /// The program refuses.
    pub fn report(&self, server: &Server, verb: &[&str], input: &str) -> Result<String, Failure> {
        let mut report = Command::new(&self.programs.report);
        report.args(["--server", &server.url, "--instance"]);
        report.arg(self.instance()).arg("--json").args(verb);
        process::feed(&mut report, input)
    }

    /// Audits the data of the organisation's server, which must have ended.
    ///
    /// # Errors
    /// The auditor finds something, or cannot look.
    pub fn audit(&self) -> Result<String, Failure> {
        let mut audit = Command::new(&self.programs.audit);
        audit.args(["--json", "store"]).arg(self.server_data());
        process::capture(&mut audit)
    }

    /// The instance file.
    pub fn instance(&self) -> PathBuf {
        self.path("instance.json")
    }

    /// The data directory of the server.
    pub fn server_data(&self) -> PathBuf {
        self.path("server")
    }

    /// The vault of a counselor.
    pub fn desk(&self, counselor: &Counselor) -> PathBuf {
        self.path(&format!("desks/{}", counselor.folder))
    }

    /// The file with the passphrase of every vault.
    pub fn passphrase(&self) -> PathBuf {
        self.path("passphrase")
    }

    /// The programs it runs on.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    fn with_root(&self, verb: &[&str]) -> Result<String, Failure> {
        self.with_vault(&self.path("root"), verb)
    }

    fn with_vault(&self, vault: &Path, verb: &[&str]) -> Result<String, Failure> {
        let mut beistand = self.beistand();
        beistand.arg("--vault").arg(vault);
        beistand.args(["--passphrase-fd", "0"]).args(verb);
        process::feed(&mut beistand, PASSPHRASE)
    }

    fn beistand(&self) -> Command {
        Command::new(&self.programs.beistand)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.join(below)
    }
}
