//! An organisation of three, set up as people set one up: root key, instance file, invitations,
//! joins, a signed roster, each counselor's first sync. Every step is one of the real programs.

use crate::counselor::Counselor;
use crate::programs::programs;
use crate::reporter::Reporter;
use crate::running::{run, Ended};
use crate::server::Server;
use beistand_client::Client;
use beistand_protocol::instance::Instance;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The passphrase of the root key's vault.
const ROOT_PASSPHRASE: &str = "a root passphrase for tests";
/// Obviously nobody.
const NAMES: [&str; 4] = [
    "Alba Example",
    "Bertil Sample",
    "Chidi Placeholder",
    "Dora Dummy",
];

/// An organisation whose server runs.
pub struct Organisation {
    /// The running server; none while it is stopped.
    server: Option<Server>,
    /// Its counselors, numbers 1 and up.
    pub counselors: Vec<Counselor>,
    folder: TempDir,
    roster: u32,
    epoch_seconds: u32,
}

impl Organisation {
    /// An organisation of so many counselors (up to 4), ready to be reported to. Its epochs last
    /// a second, so that tests wait for nothing.
    pub fn of(count: usize) -> Self {
        Self::with_epochs(count, 1)
    }

    /// As [`Self::of`], with epochs of so many seconds.
    pub fn with_epochs(count: usize, epoch_seconds: u32) -> Self {
        let folder = TempDir::new().expect("there is room for an organisation");
        let mut organisation = Self {
            server: None,
            counselors: Vec::new(),
            folder,
            roster: 0,
            epoch_seconds,
        };
        organisation.set_up_root();
        organisation.start();
        let joins: Vec<PathBuf> = (1..=count)
            .map(|serial| organisation.invite(serial))
            .collect();
        organisation.publish(&joins);
        organisation.sync_all();
        organisation
    }

    fn set_up_root(&self) {
        let key = self.root(&["root", "new"], ROOT_PASSPHRASE).json();
        let key = key["key"].as_str().expect("the key is a string").to_owned();
        let out = self.path("instance.json");
        let address = "http://127.0.0.1:1";
        let arguments = [
            "root",
            "init-instance",
            "--root",
            &key,
            "--address",
            address,
            "--out",
            &out,
        ];
        self.root(&arguments, "").ok();
    }

    /// Invites and joins counselor `serial`; answers the join request.
    pub fn invite(&mut self, serial: usize) -> PathBuf {
        let (instance, number) = (self.path("instance.json"), serial.to_string());
        let invitation = self.path(&format!("invitation-{serial}.json"));
        let name = NAMES[serial - 1];
        self.root(
            &[
                "invite",
                "--instance",
                &instance,
                "--serial",
                &number,
                "--name",
                name,
                "--language",
                "en",
                "--out",
                &invitation,
            ],
            "",
        )
        .ok();
        let vault = self.folder.path().join(format!("desk-{serial}"));
        let counselor = Counselor::new(serial, name, &vault);
        let request = self.folder.path().join(format!("join-{serial}.json"));
        counselor.join(Path::new(&invitation), &request);
        self.counselors.push(counselor);
        request
    }

    /// Drafts, signs and publishes the next roster with these join requests added.
    pub fn publish(&mut self, joins: &[PathBuf]) {
        self.publish_with(joins, &[]);
    }

    /// As [`Self::publish`], with more said to `beistand root roster`.
    pub fn publish_with(&mut self, joins: &[PathBuf], more: &[&str]) {
        let (instance, server) = (self.path("instance.json"), self.url().to_owned());
        let (draft, signed) = (self.path("roster-draft.json"), self.path("roster.note"));
        let mut arguments = vec![
            "--server",
            &server,
            "root",
            "roster",
            "--instance",
            &instance,
        ];
        arguments.extend_from_slice(&["--out", &draft]);
        let description = self.path("organisation.toml");
        let log;
        if self.roster == 0 {
            self.describe();
            log = self.log_key();
            arguments.extend_from_slice(&["--organisation", &description, "--log", &log]);
        }
        let joins: Vec<String> = joins
            .iter()
            .map(|join| join.display().to_string())
            .collect();
        for join in &joins {
            arguments.extend_from_slice(&["--add", join]);
        }
        arguments.extend_from_slice(more);
        self.root(&arguments, "").ok();
        let arguments = [
            "root",
            "sign",
            &draft,
            "--instance",
            &instance,
            "--out",
            &signed,
        ];
        self.root(&arguments, ROOT_PASSPHRASE).ok();
        let arguments = [
            "--server",
            &server,
            "root",
            "publish",
            &signed,
            "--instance",
            &instance,
        ];
        self.root(&arguments, "").ok();
        self.roster += 1;
    }

    /// Stamps of nearly no work, and no decoys but those of visits, so that tests can count.
    fn describe(&self) {
        let text = format!(
            "name = \"Example Aid\"\npromise_days = 3\n\
             neutral_exit = \"https://weather.example.org/\"\n\
             [parameters]\nepoch_seconds = {}\ndecoys_per_desk_day = 0\n\
             [parameters.stamps]\nenvelope_min = 4\nenvelope_max = 20\npart = 2\nfetch = 2\n",
            self.epoch_seconds
        );
        std::fs::write(self.path("organisation.toml"), text).expect("there is room for a file");
    }

    fn log_key(&self) -> String {
        let data = self.data().display().to_string();
        let log_key = run(&programs().server, &["log-key", "--data", &data], "").ok();
        log_key.trim().to_owned()
    }

    /// Runs `beistand` with the root's vault.
    pub fn root(&self, arguments: &[&str], passphrase: &str) -> Ended {
        let vault = self.path("root");
        let mut line = vec!["--vault", &vault, "--passphrase-fd", "0", "--json"];
        line.extend_from_slice(arguments);
        run(&programs().beistand, &line, passphrase)
    }

    /// Starts the server on its data.
    pub fn start(&mut self) {
        // The log key is made before, because the roster names it.
        std::fs::create_dir_all(self.data()).expect("there is room for a folder");
        self.log_key();
        self.server = Some(Server::start(&self.data(), &self.instance()));
    }

    /// Stops the server, well.
    pub fn stop(&mut self) {
        self.server.take().expect("the server runs").stop();
    }

    /// Ends the server without a word.
    pub fn kill(&mut self) {
        self.server.take().expect("the server runs").kill();
    }

    /// The running server.
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("the server runs")
    }

    /// Where the running server is.
    pub fn url(&self) -> &str {
        &self.server().url
    }

    /// The server's data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The instance file.
    pub fn instance(&self) -> PathBuf {
        self.folder.path().join("instance.json")
    }

    /// The folder of everything.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Somebody who may report.
    pub fn reporter(&self) -> Reporter {
        Reporter::new(self.url(), &self.instance())
    }

    /// What a client pins and how it reaches the server, for tests that speak the protocol.
    pub fn client(&self) -> (Client, Instance) {
        let bytes = std::fs::read(self.instance()).expect("the instance file was written");
        let instance = Instance::parse(&bytes).expect("it is an instance file");
        let address = self
            .url()
            .parse()
            .expect("a loopback address is one to use");
        (
            Client::new(address, None).expect("loopback needs no proxy"),
            instance,
        )
    }

    /// The counselor of that number.
    pub fn counselor(&self, serial: usize) -> &Counselor {
        &self.counselors[serial - 1]
    }

    /// Every counselor syncs.
    #[track_caller]
    pub fn sync_all(&self) {
        for counselor in &self.counselors {
            counselor.sync(self.url());
        }
    }

    /// Stops the server and audits what it stored: nothing may be found.
    #[track_caller]
    pub fn audited_clean(self) {
        self.audited_clean_where(|_| {});
    }

    /// As [`Self::audited_clean`]; `look` sees the auditor's JSON.
    #[track_caller]
    pub fn audited_clean_where(mut self, look: impl FnOnce(&Value)) {
        self.stop();
        let ended = self.audit(&["--json"]);
        let report: Value = serde_json::from_str(&ended.stdout).unwrap_or_default();
        assert_eq!(
            report["findings"],
            serde_json::json!([]),
            "{report:#}\n{ended:#?}"
        );
        let looked = report["examined"]["grammar"].as_u64() > Some(0);
        assert!(looked, "nothing was looked at: {report:#}");
        look(&report);
    }

    /// Runs the auditor over the data directory.
    pub fn audit(&self, more: &[&str]) -> Ended {
        let (data, instance) = (
            self.data().display().to_string(),
            self.path("instance.json"),
        );
        let mut arguments = vec!["store", &data, "--instance", &instance];
        arguments.extend_from_slice(more);
        run(&programs().audit, &arguments, "")
    }
}
