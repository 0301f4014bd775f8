#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    beistand_tests::malformed::properties::part(bytes);
});
