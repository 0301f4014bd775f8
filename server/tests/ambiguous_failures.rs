//! A store that fails before or after it has done something: nobody is told what is not true, and
//! trying again leads to the same end.

use beistand_protocol::class::BlobClass;
use beistand_protocol::time::Day;
use beistand_server::clock::Clock as _;
use beistand_server::store::memory::Fault;
use beistand_server::testing::{put_of, InProcess};

const FAULTS: [Fault; 2] = [Fault::BeforePersisting, Fault::AfterPersisting];

#[test]
fn a_put_that_failed_goes_through_when_tried_again() {
    for fault in FAULTS {
        let server = InProcess::start();
        let snapshot = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
        let (request, key) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
        server.store.fail_next(fault);
        assert_eq!(
            server.visitor.put(&snapshot, &request),
            Err("internal".to_owned())
        );
        server.visitor.put(&snapshot, &request).unwrap();
        server.store.fail_next(fault);
        assert_eq!(server.visitor.delete(&request.slot, &key).unwrap(), 500);
        assert_eq!(server.visitor.delete(&request.slot, &key).unwrap(), 204);
    }
}

#[test]
fn a_closing_that_failed_is_made_up_for_and_the_log_stays_one() {
    for fault in FAULTS {
        let server = InProcess::start();
        let snapshot = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
        let (request, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
        let (promise, _) = server.visitor.put(&snapshot, &request).unwrap();
        let before = server.visitor.get("/v1/state").unwrap().body;
        server.clock.advance(1);
        server.store.fail_next(fault);
        assert!(server.wall.close_epoch().is_err());
        assert_eq!(server.visitor.get("/v1/state").unwrap().body, before);
        server.wall.close_epoch().unwrap();
        let after = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
        assert!(after.index_holds(&request.slot, request.day));
        assert!(after.state().leaf.epoch >= promise.epoch);
        assert!(after.state().checkpoint.head.size > snapshot.state().checkpoint.head.size);
        assert_eq!(server.visitor.index(Day(0)).unwrap().len(), 1);
    }
}

#[test]
fn a_roster_that_failed_is_accepted_when_posted_again() {
    for fault in FAULTS {
        let server = InProcess::start();
        let next = server.team.next_roster(&server.roster, server.clock.now());
        let note = server.team.sign_roster(&next);
        server.store.fail_next(fault);
        assert_eq!(
            server
                .visitor
                .post("/v1/rosters", note.as_bytes())
                .unwrap()
                .status,
            500
        );
        assert_eq!(
            server
                .visitor
                .post("/v1/rosters", note.as_bytes())
                .unwrap()
                .status,
            204
        );
        let snapshot = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
        assert_eq!(snapshot.roster().version, 2);
        let prekey = server.team.prekey(0, server.clock.now().day());
        server.store.fail_next(fault);
        assert_eq!(
            server
                .visitor
                .post("/v1/prekeys", prekey.as_bytes())
                .unwrap()
                .status,
            500
        );
        assert_eq!(
            server
                .visitor
                .post("/v1/prekeys", prekey.as_bytes())
                .unwrap()
                .status,
            204
        );
    }
}
