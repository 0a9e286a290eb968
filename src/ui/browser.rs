//! The browser by name: storage, clipboard, cookies, files and finding elements. Only for effects and event handlers.

use std::time::Duration;

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{HtmlElement, js_sys},
};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::JsFuture;

use crate::wire::IN_BROWSER;

/// How far something was scrolled, in the state of an entry of the history.
const PLACE: &str = "place";

/// A property of a JavaScript object, where it has one.
fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// Calls a method with texts; `None` where it is missing or throws.
fn call(of: &JsValue, method: &str, arguments: &[&str]) -> Option<JsValue> {
    apply(of, method, &arguments.iter().map(|text| JsValue::from_str(text)).collect())
}

/// Calls a method with anything.
fn apply(of: &JsValue, method: &str, arguments: &js_sys::Array) -> Option<JsValue> {
    let function: js_sys::Function = property(of, method)?.dyn_into().ok()?;
    js_sys::Reflect::apply(&function, of, arguments).ok()
}

/// What was kept in this browser under `key`.
pub fn recall(key: &str) -> Option<String> {
    recall_from("localStorage", key)
}

/// Keeps `value` in this browser; an empty one is forgotten.
pub fn keep(key: &str, value: &str) {
    keep_in("localStorage", key, value);
}

/// What was kept in this tab under `key`.
pub fn recall_in_tab(key: &str) -> Option<String> {
    recall_from("sessionStorage", key)
}

/// Keeps `value` as long as this tab; an empty one is forgotten.
pub fn keep_in_tab(key: &str, value: &str) {
    keep_in("sessionStorage", key, value);
}

/// Keeps what is being typed: for this tab, and for the next one that is opened on the same.
pub fn keep_draft(key: &str, value: &str) {
    let before = recall_in_tab(key);
    keep_in_tab(key, value);
    // What another tab keeps there is not this one's to forget.
    if !value.is_empty() || recall(key) == before {
        keep(key, value);
    }
}

/// What was being typed in this tab, or else in any.
pub fn recall_draft(key: &str) -> Option<String> {
    recall_in_tab(key).or_else(|| recall(key))
}

fn recall_from(storage: &str, key: &str) -> Option<String> {
    call(&property(&window(), storage)?, "getItem", &[key])?.as_string()
}

fn keep_in(storage: &str, key: &str, value: &str) {
    let Some(storage) = property(&window(), storage) else { return };
    match value {
        "" => call(&storage, "removeItem", &[key]),
        _ => call(&storage, "setItem", &[key, value]),
    };
}

/// Waits.
pub async fn pause(wait: Duration) {
    gloo_timers::future::sleep(wait).await;
}

/// A file that somebody picked, pasted or dropped.
pub type File = SendWrapper<JsValue>;

/// Whether what is dragged or pasted with this event has something of this kind: `Files`, `text/plain`, ….
pub fn carries(event: &JsValue, kind: &str) -> bool {
    let types = carried(event).and_then(|carried| property(&carried, "types"));
    types.is_some_and(|types| js_sys::Array::from(&types).includes(&JsValue::from_str(kind), 0))
}

/// What is dragged goes out of the window with this event.
pub fn leaves_window(event: &JsValue) -> bool {
    property(event, "relatedTarget").is_none()
}

/// The files in a drop or a paste.
pub fn files_carried(event: &JsValue) -> Vec<File> {
    carried(event).map(|carried| files_of(&carried)).unwrap_or_default()
}

fn carried(event: &JsValue) -> Option<JsValue> {
    property(event, "dataTransfer").or_else(|| property(event, "clipboardData"))
}

/// The files of an input, or of what is dragged.
pub fn files_of(holder: &JsValue) -> Vec<File> {
    let files = property(holder, "files").map(|files| js_sys::Array::from(&files).to_vec());
    files.unwrap_or_default().into_iter().map(SendWrapper::new).collect()
}

/// Name, type and size of a file.
pub fn describe(file: &File) -> (String, String, f64) {
    let text = |name| property(file, name).and_then(|value| value.as_string()).unwrap_or_default();
    (text("name"), text("type"), property(file, "size").and_then(|size| size.as_f64()).unwrap_or_default())
}

/// An address under which a page shows the file, until it is forgotten.
pub fn address_of(file: &File) -> String {
    let address =
        property(&window(), "URL").and_then(|urls| apply(&urls, "createObjectURL", &js_sys::Array::of1(file)));
    address.and_then(|address| address.as_string()).unwrap_or_default()
}

/// The file behind such an address is not shown any more.
pub fn forget_address(address: &str) {
    if address.starts_with("blob:")
        && let Some(urls) = property(&window(), "URL")
    {
        call(&urls, "revokeObjectURL", &[address]);
    }
}

/// Sends a file as the body of a POST; the status and text of the answer, or nothing where none came.
pub async fn post(address: &str, kind: &str, file: &File) -> Option<(u16, String)> {
    let (headers, options) = (js_sys::Object::new(), js_sys::Object::new());
    let set = |object: &js_sys::Object, name: &str, value: &JsValue| {
        let _ = js_sys::Reflect::set(object, &JsValue::from_str(name), value);
    };
    set(&headers, "content-type", &JsValue::from_str(kind));
    set(&options, "method", &JsValue::from_str("POST"));
    set(&options, "headers", &headers);
    set(&options, "body", file);
    let answer =
        settled(apply(&window(), "fetch", &js_sys::Array::of2(&JsValue::from_str(address), &options))?).await?;
    let status = property(&answer, "status")?.as_f64()?;
    let text = settled(call(&answer, "text", &[])?).await?.as_string()?;
    Some((format!("{status}").parse().ok()?, text))
}

/// What a promise brings.
async fn settled(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(promise.dyn_into::<js_sys::Promise>().ok()?).await.ok()
}

/// A Mac, or what has its keys.
pub fn is_mac() -> bool {
    let platform = property(&window().navigator(), "platform").and_then(|platform| platform.as_string());
    platform.is_some_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

/// Puts `text` on the clipboard; false where the browser does not let us.
pub fn copy(text: &str) -> bool {
    property(&window().navigator(), "clipboard")
        .is_some_and(|clipboard| call(&clipboard, "writeText", &[text]).is_some())
}

/// Sets a cookie of this site for a year.
pub fn set_cookie(name: &str, value: &str) {
    let cookie = format!("{name}={value}; path=/; max-age=31536000; samesite=lax");
    let _ = js_sys::Reflect::set(&document(), &JsValue::from_str("cookie"), &JsValue::from_str(&cookie));
}

/// The first element that fits the selector and can be seen.
pub fn find(selector: &str) -> Option<HtmlElement> {
    all(selector).into_iter().find(is_visible)
}

/// All elements that fit the selector, in order.
pub fn all(selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// Drawn at all: not in something with `display: none`.
pub fn is_visible(element: &HtmlElement) -> bool {
    element.offset_width() > 0 || element.offset_height() > 0
}

/// The element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// When the page is drawn anew and what had the focus is gone, hidden or disabled: the focus goes to `first`, or else to the first
/// that is found and seen. Whoever has moved on meanwhile stays where they are.
pub fn refocus(first: Option<HtmlElement>, selectors: Vec<String>) {
    request_animation_frame(move || {
        if focused().is_some_and(|element| element.tag_name() != "BODY" && is_visible(&element)) {
            return;
        }
        let first = first.filter(|first| first.is_connected() && is_visible(first));
        if let Some(element) = first.or_else(|| selectors.iter().find_map(|selector| find(selector))) {
            let _ = element.focus();
        }
    });
}

/// When what is drawn here goes, and the focus with it because it is inside `from`: it goes on to `to`.
pub fn hand_focus_over(from: &'static str, to: String) {
    on_cleanup(move || {
        let goes = || focused().is_some_and(|element| element.closest(from).is_ok_and(|found| found.is_some()));
        if IN_BROWSER && goes() {
            refocus(None, vec![to]);
        }
    });
}

/// Once the page is drawn: goes to the first field that something is wrong with.
pub fn go_to_wrong_field() {
    request_animation_frame(|| {
        let field = find(".form-field__error").and_then(|error| error.closest(".form-field").ok().flatten());
        let inside = field.and_then(|field| field.query_selector("input, select, textarea, button").ok().flatten());
        if let Some(place) = inside.and_then(|inside| inside.dyn_into::<HtmlElement>().ok()) {
            let _ = place.focus();
            reveal(&place);
        }
    });
}

/// Keys typed now would become text.
pub fn is_typing() -> bool {
    focused().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.is_content_editable()
    })
}

/// Keeps with this entry of the history how far the element is scrolled.
pub fn keep_place(selector: &str) {
    if let (Some(element), Some(history)) = (find(selector), property(&window(), "history")) {
        let state = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&state, &JsValue::from_str(PLACE), &JsValue::from(element.scroll_top()));
        apply(&history, "replaceState", &js_sys::Array::of2(&state, &JsValue::from_str("")));
    }
}

/// Scrolls the element to where it was when this entry of the history was left.
pub fn return_to_place(selector: &str) {
    let state = property(&window(), "history").and_then(|history| property(&history, "state"));
    let top = state.and_then(|state| property(&state, PLACE)).and_then(|top| top.as_f64());
    if let (Some(element), Some(top)) = (find(selector), top) {
        let _ = js_sys::Reflect::set(&element, &JsValue::from_str("scrollTop"), &JsValue::from_f64(top));
    }
}

/// Scrolls no further than it takes to show the element.
pub fn reveal(element: &HtmlElement) {
    let nearest = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&nearest, &JsValue::from_str("block"), &JsValue::from_str("nearest"));
    if let Some(scroll) =
        property(element, "scrollIntoView").and_then(|scroll| scroll.dyn_into::<js_sys::Function>().ok())
    {
        let _ = scroll.call1(element, &nearest);
    }
}

/// Scrolls to the element with this id, opens all that it is folded into, goes there, and lights it up for a moment.
pub fn point_at(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    let mut inside = Some(element.clone());
    while let Some(at) = inside {
        if at.tag_name() == "DETAILS" {
            let _ = at.set_attribute("open", "");
        }
        inside = at.parent_element();
    }
    element.scroll_into_view_with_bool(true);
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.set_attribute("tabindex", "-1");
        let _ = element.focus();
    }
    let _ = element.set_attribute("data-flash", "");
    set_timeout(
        move || {
            let _ = element.remove_attribute("data-flash");
        },
        Duration::from_millis(1700),
    );
}
