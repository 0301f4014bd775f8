//! crypto-core for the browser: bindings only. It runs in the reporter's Worker; JSON text and
//! bytes cross the border, failures cross as `{"code": …}`. What each call means stands in
//! `web/reporter/wire.ts`.

mod consent;
mod early_stamp;
mod failure;
mod files;
mod picture;
mod view;
mod visit;

use beistand_crypto_core::word_list::WordList;
use beistand_protocol::snapshot::Served;
use beistand_protocol::time::{Day, UnixTime};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use failure::Failure;
use picture::CleanPicture;
use visit::Visit;

/// One visit, from the first bytes loaded to the wiped memory.
#[wasm_bindgen]
#[derive(Default)]
pub struct Session(Visit);

fn json(value: &impl Serialize) -> Result<String, JsValue> {
    beistand_protocol::json::encode(value).map_err(|error| Failure::from(error).into())
}

#[wasm_bindgen]
impl Session {
    /// A session that knows nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Verifies what was served (the index from day 0 on) at `now`, in Unix seconds.
    pub fn open(
        &mut self,
        instance: &[u8],
        state: &[u8],
        rosters: &[u8],
        prekeys: &[u8],
        index: &[u8],
        now: u32,
    ) -> Result<String, JsValue> {
        let served = Served {
            state,
            rosters,
            prekeys,
            index,
            index_from: Day(0),
        };
        Ok(self.0.open(instance, &served, UnixTime(u64::from(now)))?)
    }

    /// Makes a new codename.
    pub fn new_codename(&mut self) -> Result<(), JsValue> {
        Ok(self.0.new_codename()?)
    }

    /// Its twelve words, and the language they are in: the one asked for, or English.
    pub fn words(&self, language: &str) -> Result<String, JsValue> {
        json(&self.0.words(language)?)
    }

    /// Seals a report with finished files; `body` is JSON.
    pub fn compose_report(
        &mut self,
        readers: &[u32],
        body: &str,
        files: &[u32],
    ) -> Result<String, JsValue> {
        json(&self.0.compose_report(readers, body, files)?)
    }

    /// Seals a follow-up.
    pub fn compose_message(
        &mut self,
        text: String,
        readers: Option<Vec<u32>>,
        files: &[u32],
    ) -> Result<String, JsValue> {
        json(&self.0.compose_message(text, readers.as_deref(), files)?)
    }

    /// Seals the answer to a request for consent; `answer` is JSON.
    pub fn compose_consent(
        &mut self,
        answer: &str,
        readers: Option<Vec<u32>>,
    ) -> Result<String, JsValue> {
        json(&self.0.compose_consent(answer, readers.as_deref())?)
    }

    /// Seals the wish that everything be deleted.
    pub fn compose_withdraw(&mut self) -> Result<String, JsValue> {
        json(&self.0.compose_withdraw()?)
    }

    /// The bodies of the requests that delete the reporter's own envelopes, one after another.
    pub fn deletions(&self) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.deletions()?.concat())
    }

    /// Seals a decoy.
    pub fn compose_decoy(&mut self) -> Result<String, JsValue> {
        json(&self.0.compose_decoy()?)
    }

    /// Tries some stamps; true once one was found.
    pub fn search_stamp(&mut self, envelope: u32, start: f64, tries: u32) -> Result<bool, JsValue> {
        // Whole numbers up to 2^53 are exact in both.
        Ok(self
            .0
            .search_stamp(envelope, start as u64, u64::from(tries))?)
    }

    /// Tries some stamps for the report that the new words will send; true once one was found.
    pub fn search_early(&mut self, tries: u32) -> Result<bool, JsValue> {
        Ok(self.0.search_early(u64::from(tries))?)
    }

    /// The server asks for a stamp worth more than the state said.
    pub fn demand(&mut self, envelope: u32, bits: u8) -> Result<(), JsValue> {
        Ok(self.0.demand(envelope, bits)?)
    }

    /// The bytes to put.
    pub fn frame(&self, envelope: u32) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.frame(envelope)?)
    }

    /// The next one composed takes another place.
    pub fn mark_occupied(&mut self, envelope: u32) -> Result<(), JsValue> {
        Ok(self.0.mark_occupied(envelope)?)
    }

    /// Verifies the answer to a put.
    pub fn verify_promise(&mut self, envelope: u32, answer: &[u8]) -> Result<String, JsValue> {
        json(&self.0.verify_promise(envelope, answer)?)
    }

    /// Whether a sent envelope stands in the index.
    pub fn record(&self, envelope: u32) -> Result<String, JsValue> {
        json(&self.0.record(envelope)?)
    }

    /// Opens the mailbox of these words; gives how many places are listed.
    pub fn enter(&mut self, words: &str) -> Result<u32, JsValue> {
        let listed = self.0.enter(words)?;
        Ok(u32::try_from(listed).unwrap_or(u32::MAX))
    }

    /// The body of the next fetch, while something is left.
    pub fn next_fetch(&mut self) -> Result<Option<Vec<u8>>, JsValue> {
        Ok(self.0.next_fetch()?)
    }

    /// The body of a fetch that looks for nothing.
    pub fn cover_fetch(&self) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.cover_fetch()?)
    }

    /// The same request under a stamp of so many bits.
    pub fn pay_fetch(&self, request: &[u8], bits: u8) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.pay_fetch(request, bits)?)
    }

    /// Reads the answer of the last fetch.
    pub fn read(&mut self, answer: &[u8]) -> Result<String, JsValue> {
        json(&self.0.read(answer)?)
    }

    /// A picture without its metadata; none where it is another kind of file.
    pub fn clean_picture(&self, bytes: &[u8]) -> Result<Option<CleanPicture>, JsValue> {
        Ok(picture::cleaned(bytes)?)
    }

    /// Begins a file of so many bytes; gives the number it is known by. `hashed`: another Worker
    /// computes its digest.
    pub fn begin_file(&mut self, size: f64, hashed: bool) -> Result<u32, JsValue> {
        // Whole numbers up to 2^53 are exact in both.
        Ok(self.0.begin_file(size as u64, hashed)?)
    }

    /// The bytes the next part is made of, as `{from, until}`, or `null`.
    pub fn file_wants(&self, file: u32) -> Result<String, JsValue> {
        json(&self.0.file_wants(file)?)
    }

    /// Seals the next part of a file, for a follow-up or for a report.
    pub fn compose_part(
        &mut self,
        file: u32,
        follows_up: bool,
        slice: &[u8],
    ) -> Result<String, JsValue> {
        json(&self.0.compose_part(file, follows_up, slice)?)
    }

    /// All parts of a file were put; `about` is JSON, `sha256` what the other Worker came to, where
    /// one hashed.
    pub fn finish_file(
        &mut self,
        file: u32,
        about: &str,
        sha256: Option<Vec<u8>>,
    ) -> Result<(), JsValue> {
        Ok(self.0.finish_file(file, about, sha256.as_deref())?)
    }

    /// Takes the next slice of a file that another Worker seals.
    pub fn hash_slice(&mut self, file: u32, slice: &[u8]) {
        self.0.hash_slice(file, slice);
    }

    /// SHA-256 of the slices that were taken.
    pub fn digest(&mut self, file: u32) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.digest(file)?)
    }

    /// Forgets a file that is not sent or not opened to its end.
    pub fn forget_file(&mut self, file: u32) {
        self.0.forget_file(file);
    }

    /// Begins to open a message's file, by the message's digest and the file's place in it.
    pub fn begin_opening(&mut self, message: &str, place: usize) -> Result<u32, JsValue> {
        Ok(self.0.begin_opening(message, place)?)
    }

    /// The body of the fetch of the next part, while there is one.
    pub fn part_request(&self, file: u32) -> Result<Option<Vec<u8>>, JsValue> {
        Ok(self.0.part_request(file)?)
    }

    /// Opens what that fetch brought.
    pub fn open_part(&mut self, file: u32, answer: &[u8]) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.open_part(file, answer)?)
    }

    /// Whether the whole is the file that was sent.
    pub fn finish_opening(&mut self, file: u32) -> Result<(), JsValue> {
        Ok(self.0.finish_opening(file)?)
    }

    /// The words of every language that begin like this, as a JSON list.
    pub fn complete(&self, beginning: &str) -> Result<String, JsValue> {
        json(&WordList::completions_in_all(beginning))
    }
}
