//! What there is to choose from. Boards, statuses, priorities and members seldom change and are kept for all nodes; a list that the
//! key's role may not read comes empty, with which permission it takes.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};

use super::{
    ConnectWise, NAME,
    call::Call,
    conditions::{Condition, Field},
    listed, number, paging, rights, wire,
};
use crate::{
    psa::{
        server::{PsaError, lists},
        types::{Contact, Listed, Member, Named, TicketStatus},
    },
    server::context::Ctx,
};

const STATUSES: &str = "statuses";
/// Boards whose statuses are read at the same time.
const AT_ONCE: usize = 4;
const COMPANIES: u32 = 50;
const CONTACTS: u32 = 200;

/// What is listed, or that it may not be.
async fn all<T: serde::de::DeserializeOwned>(desk: &ConnectWise, call: Call) -> Result<Listed<T>, PsaError> {
    listed(&call, paging::all(&desk.client, call.clone()).await)
}

fn map<T, U>(list: Listed<T>, with: impl FnMut(T) -> U) -> Listed<U> {
    Listed { items: list.items.into_iter().map(with).collect(), hint: list.hint }
}

/// One a name, whose id is the name: over several boards it is the name that people choose by.
fn by_name(statuses: Vec<TicketStatus>) -> Vec<TicketStatus> {
    let mut found: Vec<TicketStatus> = Vec::new();
    for status in statuses {
        match found.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&status.name)) {
            Some(known) => {
                known.closed &= status.closed;
                known.takes_time |= status.takes_time;
            }
            None => found.push(TicketStatus { id: status.name.clone(), board_id: None, ..status }),
        }
    }
    found
}

impl ConnectWise {
    pub(super) async fn kept_boards(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        let desk = self.clone();
        lists::kept(ctx, NAME, "boards", async move {
            let used = Condition::all([Field("inactiveFlag").is(false), Field("projectFlag").is(false)]);
            let call = Call::get("/service/boards", rights::BOARDS).that(&used).fields("id,name");
            let mut boards = map(all::<wire::Reference>(&desk, call).await?, |board| board.named());
            boards.items.sort_by_key(|board| board.name.to_lowercase());
            Ok(boards)
        })
        .await
    }

    /// Every status of every board.
    async fn kept_statuses(&self, ctx: &Ctx) -> Result<Listed<TicketStatus>, PsaError> {
        let (desk, context) = (self.clone(), ctx.clone());
        lists::kept(ctx, NAME, STATUSES, async move {
            let boards = desk.kept_boards(&context).await?;
            let mut found = Listed { items: Vec::new(), hint: boards.hint };
            let ids: Vec<i64> = boards.items.iter().filter_map(|board| number(&board.id)).collect();
            let mut lists = stream::iter(ids).map(|board| desk.statuses_of(board)).buffered(AT_ONCE);
            while let Some(list) = lists.next().await {
                match list {
                    Ok(list) => {
                        found.items.extend(list.items);
                        found.hint = list.hint.or(found.hint);
                    }
                    // The board was deleted since boards were listed.
                    Err(PsaError::Refused(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(found)
        })
        .await
    }

    /// The statuses of one board, as they are now.
    pub(super) async fn statuses_of(&self, board: i64) -> Result<Listed<TicketStatus>, PsaError> {
        let call = Call::get(format!("/service/boards/{board}/statuses"), rights::STATUSES)
            .that(&Field("inactive").is(false))
            .fields("id,name,sortOrder,closedStatus,timeEntryNotAllowed,inactive");
        let mut rows = all::<wire::Status>(self, call).await?;
        rows.items.retain(|status| !status.inactive);
        rows.items.sort_by_key(|status| (status.sort_order, status.id));
        Ok(map(rows, |status| TicketStatus {
            id: status.id.to_string(),
            name: status.name.unwrap_or_else(|| status.id.to_string()),
            board_id: Some(board.to_string()),
            closed: status.closed_status,
            takes_time: !status.time_entry_not_allowed,
        }))
    }

    pub(super) async fn list_statuses(&self, ctx: &Ctx, board: Option<&str>) -> Result<Listed<TicketStatus>, PsaError> {
        let Some(board) = board else {
            let all = self.kept_statuses(ctx).await?;
            return Ok(Listed { items: by_name(all.items), hint: all.hint });
        };
        match number(board) {
            Some(board) => Ok(self.statuses_on(ctx, board).await?.0),
            None => Ok(Listed::default()),
        }
    }

    /// The statuses of a board, and whether they are the kept ones: those of a board that is not listed are read now.
    pub(super) async fn statuses_on(&self, ctx: &Ctx, board: i64) -> Result<(Listed<TicketStatus>, bool), PsaError> {
        let mut kept = self.kept_statuses(ctx).await?;
        let id = board.to_string();
        kept.items.retain(|status| status.board_id.as_deref() == Some(&id));
        if !kept.items.is_empty() || kept.hint.is_some() {
            return Ok((kept, true));
        }
        match self.statuses_of(board).await {
            // There is no such board.
            Err(PsaError::Refused(_)) => Ok((Listed::default(), false)),
            other => Ok((other?, false)),
        }
    }

    /// Lets all statuses be read again where those of a board are others than the kept ones.
    pub(super) async fn forget_statuses_unless(
        &self,
        ctx: &Ctx,
        kept: &[TicketStatus],
        fresh: &[TicketStatus],
    ) -> Result<(), PsaError> {
        let ids = |of: &[TicketStatus]| of.iter().map(|status| status.id.clone()).collect::<BTreeSet<_>>();
        if kept.is_empty() || ids(kept) == ids(fresh) {
            return Ok(());
        }
        lists::forget_one(ctx, NAME, STATUSES).await
    }

    pub(super) async fn kept_priorities(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        let desk = self.clone();
        lists::kept(ctx, NAME, "priorities", async move {
            let call = Call::get("/service/priorities", rights::PRIORITIES).fields("id,name,sortOrder");
            let mut rows = all::<wire::Priority>(&desk, call).await?;
            rows.items.sort_by_key(|one| (one.sort_order, one.id));
            Ok(map(rows, |one| Named {
                id: one.id.to_string(),
                name: one.name.unwrap_or_else(|| format!("Priority {}", one.id)),
            }))
        })
        .await
    }

    pub(super) async fn kept_members(&self, ctx: &Ctx) -> Result<Listed<Member>, PsaError> {
        let desk = self.clone();
        lists::kept(ctx, NAME, "members", async move {
            let call = Call::get("/system/members", rights::MEMBERS)
                .that(&Field("inactiveFlag").is(false))
                .fields("id,identifier,firstName,lastName,officeEmail,primaryEmail,defaultEmail,inactiveFlag");
            let mut rows = all::<wire::Person>(&desk, call).await?;
            if let Some(hint) = &rows.hint {
                // A lighter list for roles that may see no more: without addresses, to be mapped by hand.
                let light = Call::get("/system/info/members", rights::MEMBERS);
                if let Ok(found) = paging::all(&desk.client, light).await {
                    let hint = format!("Members may come without their e-mail addresses; map them by hand. {hint}");
                    rows = Listed { items: found, hint: Some(hint) };
                }
            }
            rows.items.retain(|member| member.inactive_flag != Some(true));
            let mut members = map(rows, |member| member.member());
            members.items.sort_by_key(|member| member.name.to_lowercase());
            Ok(members)
        })
        .await
    }

    /// The login name behind a member's id.
    pub(super) async fn identifier(&self, ctx: &Ctx, member: &str) -> Option<String> {
        let members = self.kept_members(ctx).await.ok()?.items;
        members.into_iter().find(|one| one.id == member).map(|one| one.identifier)
    }

    pub(super) async fn find_companies(&self, words: &str) -> Result<Listed<Named>, PsaError> {
        let mut condition = Condition::all([Field("deletedFlag").is(false)]);
        for word in words.split_whitespace() {
            condition =
                condition.and(Condition::any([Field("name").contains(word), Field("identifier").contains(word)]));
        }
        let call = Call::get("/company/companies", rights::COMPANIES)
            .that(&condition)
            .order_by("name asc")
            .fields("id,identifier,name")
            .page_size(COMPANIES);
        let rows = paging::page::<wire::Reference>(&self.client, &call).await;
        listed(&call, rows.map(|(rows, _)| rows.iter().map(wire::Reference::named).collect()))
    }

    pub(super) async fn contacts_of(&self, company: &str) -> Result<Listed<Contact>, PsaError> {
        let Some(company) = number(company) else { return Ok(Listed::default()) };
        let there = Condition::all([Field("company/id").is(company), Field("inactiveFlag").is(false)]);
        let call = Call::get("/company/contacts", rights::CONTACTS)
            .that(&there)
            .order_by("firstName asc")
            .fields("id,firstName,lastName,defaultPhoneNbr,communicationItems")
            .page_size(CONTACTS);
        let rows = paging::page::<wire::Person>(&self.client, &call).await;
        listed(&call, rows.map(|(rows, _)| rows.iter().map(wire::Person::contact).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_all_boards_a_status_is_chosen_by_name() {
        let status = |id: &str, name: &str, board: &str, closed| TicketStatus {
            id: id.to_owned(),
            name: name.to_owned(),
            board_id: Some(board.to_owned()),
            closed,
            takes_time: true,
        };
        let found = by_name(vec![
            status("16", "New", "1", false),
            status("20", "Closed", "1", true),
            status("26", "new", "2", false),
            status("29", "Closed", "2", false),
        ]);
        let ids: Vec<_> = found.iter().map(|one| (one.id.as_str(), one.board_id.as_deref(), one.closed)).collect();
        assert_eq!(ids, [("New", None, false), ("Closed", None, false)]);
    }
}
