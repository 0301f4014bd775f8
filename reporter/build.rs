//! Tells the program which commit it was built from, for `--version`.

fn main() {
    beistand_commit::name();
}
