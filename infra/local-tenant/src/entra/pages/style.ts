/** Colors, type, buttons and fields of every page, and of the control room. */
export const theme = `
:root {
  color-scheme: light dark;
  --canvas: #eef1f0; --card: #fff; --text: #17211f; --muted: #556461; --line: #d5dddb; --hover: #f1f6f5;
  --accent: #0b6b60; --accent-strong: #08544b; --on-accent: #fff; --tint: #dff0ed; --field: #fff; --field-line: #74827f;
  --error: #a3261c; --error-tint: #fbeae8; --notice: #fff6dc; --notice-line: #e6cf8b; --notice-text: #4d3c05;
}
@media (prefers-color-scheme: dark) {
  :root {
    --canvas: #0f1514; --card: #19211f; --text: #e8eeec; --muted: #a3b1ad; --line: #33403d; --hover: #212b29;
    --accent: #5cc9ba; --accent-strong: #83d9cd; --on-accent: #06231f; --tint: #16332f; --field: #111817; --field-line: #75857f;
    --error: #ff9d92; --error-tint: #3a1c19; --notice: #2b2613; --notice-line: #5b4f22; --notice-text: #f0dfa6;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--canvas); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: anywhere;
}
.brand { display: flex; align-items: center; gap: 10px; margin: 0 0 24px; font-weight: 600; color: var(--muted); font-size: 15px; }
.brand svg { flex: none; color: var(--accent); }
h1 { margin: 0 0 4px; font-size: 25px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
h2 { margin: 24px 0 4px; font-size: 16px; font-weight: 650; }
p { margin: 0 0 12px; }
.lead { color: var(--muted); margin-bottom: 20px; }
.muted, small { color: var(--muted); font-size: 14px; }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; margin: 0 0 6px; font-weight: 600; }
input[type=text], input[type=password] {
  width: 100%; min-height: 46px; padding: 9px 13px; font: inherit; color: inherit; background: var(--field);
  border: 1px solid var(--field-line); border-radius: 8px;
}
input[aria-invalid=true] { border-color: var(--error); border-width: 2px; padding: 8px 12px; }
input[type=checkbox] { flex: none; width: 20px; height: 20px; margin: 2px 0 0; accent-color: var(--accent); }
.check { display: flex; gap: 12px; align-items: flex-start; margin: 20px 0 0; font-weight: 400; }
.error { margin: 8px 0 0; padding: 10px 13px; color: var(--error); background: var(--error-tint); border-radius: 8px; font-size: 15px; }
.error small { display: block; color: inherit; opacity: .85; font-size: 13px; }
.actions { display: flex; flex-wrap: wrap; gap: 12px; justify-content: flex-end; margin: 28px 0 0; }
.sticky { position: sticky; bottom: 0; flex-wrap: nowrap; margin: 0; padding: 12px 0; background: var(--card); }
html:has(.sticky) { scroll-padding-bottom: 84px; }
button { font: inherit; color: inherit; cursor: pointer; }
.button {
  min-height: 46px; min-width: 112px; padding: 9px 22px; font-weight: 600; border-radius: 8px;
  border: 1px solid var(--field-line); background: transparent;
}
.button:hover { background: var(--hover); }
.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.primary:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
footer {
  padding: 12px 16px; font-size: 14px; color: var(--notice-text);
  background: var(--notice); border: 1px solid var(--notice-line); border-radius: 10px;
}
footer p { margin: 0; }
footer code { white-space: nowrap; font-weight: 600; }
code { font-family: ui-monospace, "SF Mono", Consolas, monospace; font-size: .95em; }
@media (forced-colors: active) { .primary { border-width: 2px; } }
`;

/** The style sheet of the sign-in pages, in one string, because the Content-Security-Policy contains its digest. */
export const style = `${theme}
body {
  min-height: 100vh; display: grid; grid-template-rows: 1fr auto; justify-items: center; gap: 24px;
  padding: 40px 16px 16px;
}
main {
  align-self: center; width: 100%; max-width: 460px; padding: 36px 40px 40px; background: var(--card);
  border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 1px 2px #0000000d, 0 12px 32px #00000014;
}
.link { margin: 20px 0 0; padding: 6px 0; text-align: start; border: 0; background: none; color: var(--accent); text-decoration: underline; text-underline-offset: 2px; }
.accounts { list-style: none; margin: 0 -12px; padding: 0; }
.accounts button {
  display: flex; gap: 14px; align-items: center; width: 100%; min-height: 64px; padding: 10px 12px; text-align: start;
  border: 0; border-radius: 10px; background: none;
}
.accounts button:hover { background: var(--hover); }
.accounts li + li { border-top: 1px solid var(--line); }
.accounts span { display: block; min-width: 0; }
.accounts .who { flex: 1; }
.accounts .name { font-weight: 600; }
.avatar {
  flex: none; width: 44px; height: 44px; border-radius: 50%; display: grid !important; place-items: center; overflow: hidden;
  background: var(--tint); color: var(--accent-strong); font-weight: 650; font-size: 16px;
}
.avatar img { width: 100%; height: 100%; object-fit: cover; display: block; }
.accounts .badge { display: inline-block; margin-inline-start: 4px; padding: 0 10px; border-radius: 99px; background: var(--tint); color: var(--accent-strong); font-size: 13px; font-weight: 600; }
.identity { display: flex; align-items: center; gap: 12px; margin: 0 0 20px; padding: 8px 14px 8px 8px; border: 1px solid var(--line); border-radius: 99px; }
.identity .avatar { width: 32px; height: 32px; font-size: 13px; }
.identity span:last-child { min-width: 0; font-size: 15px; }
.app { display: flex; gap: 14px; align-items: center; margin: 16px 0 20px; }
.app p { margin: 0; line-height: 1.35; }
.app .avatar { border-radius: 10px; }
.app strong { display: block; }
.permissions { margin: 8px 0 0; padding: 0; list-style: none; }
.permissions li { padding: 6px 0; border-top: 1px solid var(--line); }
.permissions summary { padding: 2px 0; font-size: 15px; font-weight: 500; line-height: 1.4; cursor: pointer; }
.permissions details p { margin: 4px 0 0; }
.permissions .muted { line-height: 1.4; }
.permissions strong { font-weight: 600; }
.permissions small { font-size: 13px; }
.permissions code { white-space: nowrap; }
.group + .group { margin-top: 16px; }
.group { margin: 0; padding: 16px 18px 6px; border: 1px solid var(--line); border-radius: 10px; }
.group h2 { margin: 0 0 8px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 20px 0 0; font-size: 14px; }
dt { color: var(--muted); }
dd { margin: 0; font-family: ui-monospace, "SF Mono", Consolas, monospace; font-size: 13px; line-height: 1.6; }
.number { display: inline-block; margin: 0 0 8px; padding: 2px 10px; border-radius: 6px; background: var(--error-tint); color: var(--error); font: 600 14px/1.6 ui-monospace, Consolas, monospace; }
footer { width: 100%; max-width: 460px; }
.terms { margin: 20px 0 0; }
@media (max-width: 480px) {
  body { padding: 0 0 16px; background: var(--card); gap: 16px; }
  main { align-self: start; padding: 28px 20px 24px; border: 0; border-radius: 0; box-shadow: none; }
  footer { width: calc(100% - 32px); }
  .actions .button { flex: 1 1 100%; order: 2; }
  .actions .primary { order: 1; }
  .sticky .button { flex: 1 1 0; min-width: 0; }
}
`;
