/** The page's whole look; the colours follow the reader's system. */
export const STYLE = `
:root{--paper:#fbfaf7;--card:#fff;--ink:#1d2529;--soft:#5d696f;--line:#e2dfd6;--accent:#0b7285;--accent-soft:#cfe8ec;--beaten:#b9b4a8;--hurt:#c2571a;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#14191c;--card:#1c2327;--ink:#e6e9ea;--soft:#98a5ab;--line:#313b41;--accent:#4cc3d9;--accent-soft:#1f4750;--beaten:#5b666c;--hurt:#f0935a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1140px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:26px;margin:0;letter-spacing:-.01em}
h2{font-size:17px;margin:0 0 4px}
p{margin:0 0 12px}
.soft,.note{color:var(--soft)}
.note{font-size:13px}
header{margin-bottom:22px}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px 22px;margin-top:18px}
.facts{display:flex;flex-wrap:wrap;gap:14px;margin-top:18px}
.fact{flex:1 1 150px;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
.fact b{display:block;font-size:22px;font-weight:650;font-variant-numeric:tabular-nums;white-space:nowrap}
.fact span{color:var(--soft);font-size:13px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th,td{padding:7px 9px;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
thead th{color:var(--soft);font-weight:500;font-size:12.5px;vertical-align:bottom}
tbody th{font-weight:600}
tbody tr:last-child>*{border-bottom:0}
.number{text-align:right;font-variant-numeric:tabular-nums}
tr.is-chosen>*{background:color-mix(in srgb,var(--accent-soft) 45%,transparent)}
.badge{display:inline-block;margin-left:8px;padding:0 7px;border:1px solid var(--line);border-radius:9px;font-size:11px;font-weight:500;color:var(--soft)}
.badge.chosen{background:var(--accent);border-color:var(--accent);color:var(--card)}
svg{display:block;width:100%;height:auto;margin-top:8px;font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
svg .grid line{stroke:var(--line)}
svg .grid text,svg .axis{fill:var(--soft)}
svg .front-line{fill:none;stroke:var(--accent);stroke-width:1.5;stroke-dasharray:4 4;opacity:.7}
svg circle{stroke:var(--card);stroke-width:2;fill-opacity:.85}
svg .beaten{fill:var(--beaten)}
svg .front{fill:color-mix(in srgb,var(--accent) 55%,var(--beaten))}
svg .chosen{fill:var(--accent)}
svg .name{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
svg .is-chosen{font-weight:650}
svg .leader{stroke:var(--soft);stroke-width:.8}
.layers th[scope]{font:12px ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace;font-weight:400;max-width:330px;overflow:hidden;text-overflow:ellipsis}
.layers td,.layers th{padding:3px 10px}
.operator{color:var(--soft)}
.bars{min-width:180px;width:32%}
.bar{display:block;height:6px;border-radius:3px;margin:2px 0}
.bar.before,.key.before{background:var(--beaten)}
.bar.after,.key.after{background:var(--accent)}
.bar.hurt{background:var(--hurt)}
.key{display:inline-block;width:10px;height:10px;border-radius:3px;margin:0 3px 0 8px;vertical-align:-1px}
details{margin-top:6px}
ul.note{margin:2px 0 0;padding-left:18px}
.warning{border-left:3px solid var(--hurt);padding:2px 0 2px 12px;margin-top:14px}
summary{cursor:pointer;color:var(--soft)}
pre{overflow-x:auto;font:12px/1.45 ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:12px;margin:8px 0;max-height:420px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:8px 0 0;font-size:13.5px}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
@media print{section,.fact{break-inside:avoid}}
`;
