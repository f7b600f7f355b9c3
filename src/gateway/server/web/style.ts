import { createHash } from 'node:crypto'

/** The one style sheet: the system's own fonts, light and dark, from 320 px on. Nothing is loaded from anywhere. */
export const style = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1a1f29;--soft:#566072;--line:#dfe3ea;--code:#f3f5f8;--bar:#b9c3d3;--accent:#1f4fd8;--accent-ink:#fff;--ok:#12693a;--ok-ground:#e6f5ec;--bad:#a3231d;--bad-ground:#fdeceb;--wait:#7a4b00;--wait-ground:#fdf3dd}
@media (prefers-color-scheme:dark){:root{--ground:#10131a;--card:#181c25;--ink:#e8ebf1;--soft:#a2acbd;--line:#2c3340;--code:#11151d;--bar:#465166;--accent:#8fb0ff;--accent-ink:#0c1730;--ok:#86dcaa;--ok-ground:#13301f;--bad:#ffa59e;--bad-ground:#3a1715;--wait:#f3cb7e;--wait-ground:#352810}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:.3rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.4rem .8rem;z-index:1}
.top{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1rem;max-width:50rem;margin:0 auto;padding:1.1rem 1.25rem .6rem}
.brand{display:inline-flex;align-items:center;gap:.5rem;font-weight:700;font-size:1.1rem;color:var(--ink);text-decoration:none;letter-spacing:-.01em}
.brand svg{width:1.15em;height:1.15em;color:var(--accent)}
.host{color:var(--soft);font-size:.875rem}
.me{margin-left:auto;display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .75rem;font-size:.875rem;color:var(--soft)}
main{max-width:50rem;margin:0 auto;padding:0 1.25rem 3rem}
h1{font-size:clamp(1.45rem,1.2rem + 1.4vw,1.95rem);line-height:1.2;letter-spacing:-.02em;margin:.3rem 0 .7rem;text-wrap:balance}
h2{font-size:1.05rem;line-height:1.3;margin:2rem 0 .6rem;letter-spacing:-.005em}
main>h1:first-child{margin-top:1.5rem}
.eyebrow{margin:1.2rem 0 0;color:var(--soft);font-size:.875rem}
.lead{margin:.2rem 0 1rem;color:var(--soft);max-width:38rem}
.tag{display:inline-block;padding:.1rem .65rem;border-radius:1rem;font-size:.875rem;font-weight:600;background:var(--code);color:var(--soft)}
.tag.open{background:var(--wait-ground);color:var(--wait)}.tag.yes{background:var(--ok-ground);color:var(--ok)}.tag.no{background:var(--bad-ground);color:var(--bad)}
.said{margin:1rem 0;padding:.75rem 1rem;border-radius:.6rem;border-left:.3rem solid;background:var(--ok-ground);color:var(--ok)}
.said[role=alert]{background:var(--bad-ground);color:var(--bad)}
.said p{margin:0}.said p+p{margin-top:.3rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:1rem 1.2rem;margin:1rem 0}
.why{margin:1rem 0;padding:.1rem 0 .1rem 1rem;border-left:.25rem solid var(--accent);font-size:1.1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.4rem;margin:0}
dt{color:var(--soft)}dd{margin:0;min-width:0}
pre,code,.mono{font-family:ui-monospace,SFMono-Regular,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9375em}
pre{margin:0;padding:.8rem 1rem;background:var(--code);border:1px solid var(--line);border-radius:.6rem;line-height:1.55;white-space:pre-wrap;tab-size:4;overflow-wrap:anywhere}
.exact{direction:ltr;unicode-bidi:isolate-override}
.exact .l{display:block;min-height:1.55em;padding-left:2.6ch;text-indent:-1.6ch;border-left:2px solid var(--bar);margin-left:-.1rem}
.exact .n{display:block;color:var(--soft);font-style:italic;padding-left:1ch}
ul.plain{margin:0;padding:0;list-style:none}
.rows{list-style:none;margin:0;padding:0}
.rows li{background:var(--card);border:1px solid var(--line);border-radius:.8rem;margin:.7rem 0;padding:.85rem 1.1rem}
.rows h3{margin:0;font-size:1rem;line-height:1.4;display:flex;flex-wrap:wrap;gap:.2rem .7rem;justify-content:space-between;align-items:baseline}
.rows p{margin:.2rem 0 0;color:var(--soft);font-size:.9375rem}
.rows .mono{display:block;margin-top:.45rem;color:var(--ink);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
label{display:block;font-weight:600;margin-bottom:.15rem}
.hint{margin:0 0 .4rem;color:var(--soft);font-size:.875rem}
textarea{display:block;width:100%;min-height:4.6rem;padding:.55rem .75rem;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--soft);border-radius:.5rem;resize:vertical}
textarea[aria-invalid]{border-color:var(--bad);border-width:2px}
.acts{display:flex;flex-wrap:wrap;gap:.7rem;margin-top:.9rem}
button,.button{font:inherit;font-weight:600;padding:.55rem 1.5rem;min-height:2.75rem;border-radius:.55rem;border:1px solid var(--accent);background:var(--accent);color:var(--accent-ink);cursor:pointer;text-decoration:none;display:inline-block;text-align:center}
button.deny{background:transparent;border-color:var(--bad);color:var(--bad)}
button.link{padding:.2rem .1rem;min-height:1.5rem;border:0;background:none;color:var(--accent);font-weight:400;text-decoration:underline;text-underline-offset:.15em}
button:hover,.button:hover{filter:brightness(1.08)}
details{margin-top:1.6rem;color:var(--soft)}summary{cursor:pointer;padding:.2rem 0}details pre{color:var(--ink);margin-top:.6rem}details dd{color:var(--ink)}
@media (max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.55rem}.me{margin-left:0;width:100%}.acts>*{flex:1 1 8rem}.card{padding:.9rem}}
@media (forced-colors:active){.tag,.said{border:1px solid}}
`

/**
 * No script, no picture, no font, nothing from elsewhere; forms to ourselves alone; in nobody's frame.
 * @see Content Security Policy Level 3
 */
export const contentPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')
