//! Making accounts and people.

use uuid::Uuid;

use super::{passwords, store};
use crate::{
    accounts::types::UserRole,
    error::{AppError, Conflict},
    ids::{AccountId, UserId},
    server::{
        context::{Platform, now},
        db::{Db, TenantTx, violated},
    },
};

/// A person as they are made.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub email: String,
    pub name: String,
    pub role: UserRole,
    pub password: String,
}

/// Whether the first owner has been made.
pub async fn is_set_up(db: &Db) -> Result<bool, AppError> {
    let mut tx = db.auth().await?;
    let anybody = store::anybody(&mut tx).await?;
    tx.commit().await?;
    Ok(anybody)
}

/// The first account with its owner: once.
pub async fn set_up(
    platform: &Platform,
    account_name: &str,
    owner: NewPerson,
) -> Result<(AccountId, UserId), AppError> {
    make_account(&platform.db, account_name, owner, true).await
}

/// An account with its first person. With `only_first` it is refused once there is any.
pub async fn make_account(
    db: &Db,
    name: &str,
    person: NewPerson,
    only_first: bool,
) -> Result<(AccountId, UserId), AppError> {
    let name = required("account_name", "the company's name", name, 120)?;
    let person = checked(person)?;
    let hash = passwords::hash(person.password.clone()).await?;
    let account = AccountId(Uuid::now_v7());
    let mut tx = db.for_account(account).await?;
    store::lock_set_up(&mut tx).await?;
    if only_first && is_set_up(db).await? {
        return Err(AppError::conflict(Conflict::SetupDone, "FlowPilot is set up already. Sign in instead."));
    }
    store::insert_account(&mut tx, account, &name, now()).await?;
    let user = insert(&mut tx, account, &person, &hash).await?;
    store::audit(&mut tx, account, Some(user), "account_created", None, now()).await?;
    tx.commit().await?;
    Ok((account, user))
}

/// One more person in an account.
pub async fn add(db: &Db, account: AccountId, person: NewPerson) -> Result<UserId, AppError> {
    let person = checked(person)?;
    let hash = passwords::hash(person.password.clone()).await?;
    let mut tx = db.for_account(account).await?;
    let user = insert(&mut tx, account, &person, &hash).await?;
    store::audit(&mut tx, account, None, "user_created", Some(&user.to_string()), now()).await?;
    tx.commit().await?;
    Ok(user)
}

/// Which account and person an e-mail belongs to.
pub async fn find(db: &Db, email: &str) -> Result<Option<(AccountId, UserId)>, AppError> {
    let mut tx = db.auth().await?;
    let found = store::look_up(&mut tx, &email.trim().to_lowercase()).await?;
    tx.commit().await?;
    Ok(found)
}

async fn insert(
    tx: &mut TenantTx,
    account: AccountId,
    person: &NewPerson,
    password_hash: &str,
) -> Result<UserId, AppError> {
    let id = UserId(Uuid::now_v7());
    let new = store::NewUser {
        account,
        id,
        email: &person.email,
        name: &person.name,
        role: person.role,
        password_hash,
        now: now(),
    };
    store::insert_user(tx, &new).await.map_err(|error| match violated(&error) {
        Some("login_directory_pk" | "users_email_unique") => {
            AppError::conflict(Conflict::EmailTaken, "This e-mail address has an account already.")
        }
        _ => error.into(),
    })?;
    Ok(id)
}

fn checked(person: NewPerson) -> Result<NewPerson, AppError> {
    let email = person.email.trim().to_lowercase();
    let (local, domain) = email.split_once('@').unwrap_or_default();
    if local.is_empty()
        || domain.is_empty()
        || email.len() > 254
        || email.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        return Err(AppError::invalid("email", "Enter an e-mail address like name@example.com."));
    }
    passwords::check(&person.password)?;
    Ok(NewPerson { name: required("name", "your name", &person.name, 120)?, email, ..person })
}

fn required(field: &str, what: &str, text: &str, max: usize) -> Result<String, AppError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > max || text.chars().any(char::is_control) {
        return Err(AppError::invalid(field, format!("Enter {what}: 1 to {max} characters.")));
    }
    Ok(text.to_owned())
}
