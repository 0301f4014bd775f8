//! The checks, each over the [`World`], each on its own: one that fails does not hide another.

mod items;
mod log;
mod notes;
mod served;
mod state;

use crate::findings::Findings;
use crate::world::World;

/// Re-verifies everything that can be verified about what is stored and served.
pub fn check_world(world: &World) -> Findings {
    let mut findings = Findings::default();
    let authority = notes::check(world, &mut findings);
    let log = log::check(world, authority.as_ref(), &mut findings);
    items::check(world, &log, &mut findings);
    state::check(world, &log, &mut findings);
    served::check(world, world.instance.as_ref(), &mut findings);
    findings
}
