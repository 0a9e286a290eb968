//! One table of promises that every ticket system behind the gateway keeps, and the worlds in which each is tried.

mod desk;
mod played;
mod reading;
mod work;
mod writing;

use async_trait::async_trait;
use flowpilot::{
    ids::Timestamp,
    psa::{
        server::{NewNote, Provider},
        types::{NewTicket, TicketFilter},
    },
    server::context::Ctx,
};

/// A ticket system with a provider before it, and what only its own side knows.
#[async_trait]
pub trait World: Send + Sync {
    fn desk(&self) -> &dyn Provider;
    fn ctx(&self) -> &Ctx;

    /// Somebody opens a ticket there; its id.
    async fn ticket(&self, summary: &str) -> String;
    /// What a new ticket needs.
    async fn new_ticket(&self, summary: &str) -> NewTicket;
    async fn delete_ticket(&self, ticket: &str);
    async fn delete_note(&self, ticket: &str, note: &str);
    /// Text, not visible to the customer, tells the resolution: of each note that FlowPilot wrote.
    async fn notes(&self, ticket: &str) -> Vec<(String, bool, bool)>;
    /// The id of the ticket's status.
    async fn status(&self, ticket: &str) -> String;
    /// A status that tickets can go to.
    fn another_status(&self) -> &'static str;
    /// One that they cannot: of another board, or of none.
    fn foreign_status(&self) -> &'static str;
    /// Two members.
    fn members(&self) -> [String; 2];
    /// A ticket about a device that has a secret, and the secret.
    async fn ticket_with_secret(&self) -> Option<(String, &'static str)> {
        None
    }
}

/// A note of its own.
pub fn note(world: &dyn World, key: &str, body: &str) -> NewNote {
    let since = Timestamp(world.ctx().now().0 - time::Duration::minutes(5));
    NewNote {
        body: body.to_owned(),
        internal: true,
        resolution: false,
        from_customer: false,
        idempotency_key: key.to_owned(),
        author: None,
        since,
        others: Vec::new(),
    }
}

/// Posts as the outbox does: looks for the note first.
pub async fn post(world: &dyn World, ticket: &str, note: &NewNote) -> String {
    match world.desk().find_note(world.ctx(), ticket, note).await.unwrap() {
        Some(id) => id,
        None => world.desk().add_note(world.ctx(), ticket, note).await.unwrap(),
    }
}

/// The ids of all tickets that a filter lets through, over all pages.
pub async fn found(world: &dyn World, filter: &TicketFilter) -> Vec<String> {
    let mut filter = filter.clone();
    let mut ids = Vec::new();
    loop {
        let page = world.desk().list(world.ctx(), &filter).await.unwrap();
        ids.extend(page.items.into_iter().map(|ticket| ticket.id));
        match page.next_cursor {
            None => return ids,
            Some(cursor) => filter.cursor = Some(cursor),
        }
        assert!(ids.len() < 500, "it does not end");
    }
}

/// Each promise, tried in each world.
macro_rules! promises {
    ($($part:ident: $($promise:ident),* $(,)?;)*) => {
        mod local_desk {
            $($(#[tokio::test]
            async fn $promise() {
                super::$part::$promise(&super::desk::Desk::new().await).await;
            })*)*
        }
        mod connectwise {
            $($(#[tokio::test]
            async fn $promise() {
                super::$part::$promise(&super::played::Played::new().await).await;
            })*)*
        }
    };
}

promises! {
    reading:
        pages_lead_to_the_end_and_no_ticket_comes_twice,
        the_newest_ticket_comes_first,
        a_closed_ticket_is_listed_only_when_asked_for,
        words_find_the_tickets_that_have_all_of_them,
        every_sign_in_a_search_means_itself,
        no_search_text_breaks_the_list,
        a_number_finds_its_ticket,
        a_status_is_filtered_by_its_own_word,
        priority_and_company_are_filtered,
        a_ticket_comes_with_its_text_and_its_notes_oldest_first,
        a_summary_says_what_the_list_says,
        what_is_not_there_is_not_found,
        every_list_is_there_and_names_nothing_twice,
        companies_are_found_by_their_words,
        related_tickets_are_others_of_the_same_customer,
        the_connection_can_be_tested;
    writing:
        a_note_reads_back_as_it_was_written,
        a_text_arrives_to_the_letter,
        a_note_is_found_by_whoever_posts_it_again,
        another_note_is_not_taken_for_it,
        a_note_of_before_is_not_taken_for_it,
        the_same_key_makes_one_note,
        a_note_that_was_deleted_is_not_there,
        a_status_is_where_it_was_sent,
        a_foreign_status_is_refused_and_nothing_moves,
        a_new_ticket_has_what_was_given,
        the_same_key_opens_one_ticket,
        nothing_of_a_summary_that_is_too_long_is_lost;
    work:
        the_first_assignee_owns_the_ticket_and_the_second_joins,
        asking_for_what_already_holds_changes_nothing,
        whoever_is_taken_off_is_off,
        tickets_are_filtered_by_who_works_on_them,
        time_is_entered_once,
        a_device_never_brings_its_secrets;
}
