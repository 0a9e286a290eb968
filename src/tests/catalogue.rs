//! The database's own catalogue: every tenant table keeps its rows inside the account.

use crate::support::TestApp;

#[tokio::test]
async fn every_tenant_table_forces_row_level_security_with_using_and_check() {
    let app = TestApp::start().await;
    let mut db = sqlx::PgPool::connect(&app.database_url).await.unwrap().acquire().await.unwrap();
    let tables: Vec<(String, bool, bool, i64, i64)> = sqlx::query_as(
        "select c.relname::text, c.relrowsecurity, c.relforcerowsecurity,
                (select count(*) from pg_policies p where p.tablename = c.relname and p.roles = '{flowpilot_app}'
                    and p.qual is not null and p.with_check is not null),
                (select count(*) from pg_policies p where p.tablename = c.relname and 'public' = any (p.roles))
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'account_id'
          where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace",
    )
    .fetch_all(&mut *db)
    .await
    .unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    for (table, enabled, forced, tenant_policies, public_policies) in tables {
        assert!(enabled && forced, "{table} does not force row-level security");
        assert_eq!((tenant_policies, public_policies), (1, 0), "policies of {table}");
    }
}

#[tokio::test]
async fn every_key_and_foreign_key_of_a_tenant_table_begins_with_the_account() {
    let app = TestApp::start().await;
    let mut db = sqlx::PgPool::connect(&app.database_url).await.unwrap().acquire().await.unwrap();
    let astray: Vec<(String, String)> = sqlx::query_as(
        "select t.relname::text, c.conname::text
           from pg_constraint c join pg_class t on t.oid = c.conrelid
           join pg_attribute a on a.attrelid = t.oid and a.attname = 'account_id'
          where c.contype in ('p', 'f', 'u') and c.conkey[1] <> a.attnum
            and t.relnamespace = current_schema()::regnamespace and c.conname <> 'login_directory_pk'",
    )
    .fetch_all(&mut *db)
    .await
    .unwrap();
    assert_eq!(astray, []);
}

#[tokio::test]
async fn every_constraint_has_a_name_of_its_own() {
    let app = TestApp::start().await;
    let mut db = sqlx::PgPool::connect(&app.database_url).await.unwrap().acquire().await.unwrap();
    let unnamed: Vec<(String,)> = sqlx::query_as(
        "select conname::text from pg_constraint c join pg_class t on t.oid = c.conrelid
          where t.relnamespace = current_schema()::regnamespace and t.relname not like '\\_sqlx%'
            and (conname ~ '_(pkey|fkey|key|check)[0-9]*$')",
    )
    .fetch_all(&mut *db)
    .await
    .unwrap();
    assert_eq!(unnamed, []);
}
