//! An export of a running server, and the auditor's look at it.

use beistand_tests::organisation::Organisation;
use beistand_tests::programs::programs;
use beistand_tests::running::run;
use serde_json::{json, Value};

#[test]
fn an_auditor_reads_an_export_of_a_running_server() {
    let organisation = Organisation::of(1);
    organisation.reporter().file("Something happened.", &[]);
    let path = |path: &std::path::Path| path.display().to_string();
    let export = path(&organisation.folder().join("export"));
    let (data, instance) = (path(&organisation.data()), path(&organisation.instance()));
    let arguments = ["export", "--data", &data, "--instance", &instance, &export];
    run(&programs().server, &arguments, "").ok();

    let arguments = ["--json", "export", &export, "--keys", &data];
    let audit = || run(&programs().audit, &arguments, "");
    let report: Value = serde_json::from_str(&audit().ok()).unwrap();
    assert_eq!(report["findings"], json!([]), "{report:#}");
    assert!(
        report["examined"]["grammar"].as_u64() > Some(0),
        "{report:#}"
    );

    // Cut off, it is no export.
    let bytes = std::fs::read(&export).unwrap();
    std::fs::write(&export, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(audit().code, Some(1));
}
