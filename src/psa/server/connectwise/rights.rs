//! What of ConnectWise's permissions each kind of record needs, in the words of its security roles.

use super::call::Right;

pub const TICKETS: Right = Right { of: "Tickets", permission: "Service Desk > Service Tickets" };
pub const BOARDS: Right = Right { of: "Boards", permission: "System > Table Setup" };
pub const STATUSES: Right = Right { of: "Statuses", permission: "System > Table Setup" };
pub const PRIORITIES: Right = Right { of: "Priorities", permission: "System > Table Setup" };
pub const MEMBERS: Right = Right { of: "Members", permission: "System > Member Maintenance" };
pub const COMPANIES: Right = Right { of: "Companies", permission: "Companies > Company Maintenance" };
pub const CONTACTS: Right = Right { of: "Contacts", permission: "Companies > Contacts" };
pub const DEVICES: Right = Right { of: "Configurations", permission: "Companies > Configurations" };
pub const SCHEDULE: Right = Right { of: "The schedule", permission: "Service Desk > Resource Scheduling" };
pub const TIME: Right = Right { of: "Time entries", permission: "Time & Expense > Time Entry" };
pub const CALLBACKS: Right = Right { of: "Webhooks", permission: "System > Callbacks (API)" };
pub const SYSTEM: Right = Right { of: "The version", permission: "System > My Company" };
