/// How pages look, on a screen of any size, by day and by night, and on paper.
enum Stylesheet {
    static let text = """
        :root{--ink:#1b1e24;--soft:#626977;--line:#dfe2e8;--faint:#f4f5f8;--bar:#b3402e;--link:#1f5fae;--paper:#fff;--warn:#8a5a00}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e8ed;--soft:#9aa2b1;--line:#353a45;--faint:#1f232b;--bar:#e0705c;--link:#7db2f0;--paper:#15181e;--warn:#e0b050}}
        *{box-sizing:border-box}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0}
        header{display:flex;flex-wrap:wrap;gap:.4rem 2rem;align-items:baseline;padding:.7rem 1.5rem;border-bottom:1px solid var(--line);background:var(--faint)}
        nav{display:flex;gap:1.2rem}nav a{color:var(--soft);text-decoration:none;padding:.1rem 0}
        nav a.here{color:var(--ink);border-bottom:2px solid var(--bar)}
        main{max-width:78rem;margin:0 auto;padding:1rem 1.5rem 4rem}
        h1{font-size:1.35rem;margin:1rem 0 .3rem;overflow-wrap:anywhere}h2{font-size:1.05rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}
        p{margin:.3rem 0}.soft{color:var(--soft)}.small{font-size:.85rem;color:var(--soft)}.warn{color:var(--warn)}
        a{color:var(--link)}a code{color:inherit}
        form.filter{display:flex;flex-wrap:wrap;gap:.6rem .8rem;align-items:end;padding:.8rem 0 1rem;border-bottom:1px solid var(--line)}
        form.filter label{display:flex;flex-direction:column;font-size:.75rem;color:var(--soft)}
        input,select,button{font:inherit;font-size:.9rem;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:4px;padding:.25rem .45rem}
        form.filter input{width:9.2rem}form.filter input.time{width:12rem}form.filter input.short{width:4.5rem}
        button{background:var(--ink);color:var(--paper);border-color:var(--ink);cursor:pointer;padding:.25rem .9rem}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
        th{font-weight:600;color:var(--soft);font-size:.8rem}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        tbody tr:hover{background:var(--faint)}td.time{white-space:nowrap;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}
        code,pre{font:13px/1.45 ui-monospace,monospace}code{overflow-wrap:anywhere;unicode-bidi:isolate}
        pre{background:var(--faint);border:1px solid var(--line);border-radius:4px;padding:.7rem .9rem;margin:.4rem 0;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
        svg{display:block;width:100%;height:auto}svg a{text-decoration:none}
        svg .bar{fill:var(--bar)}svg a:hover .bar{fill:var(--ink)}svg .hit{fill:transparent}svg line{stroke:var(--line)}
        svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg text.soft{fill:var(--soft);font-size:11px}
        svg .edge{fill:none;stroke:var(--bar);stroke-opacity:.45}svg a:hover .edge{stroke-opacity:1}svg .node{fill:var(--soft)}
        h2 code,h3 code{font-size:.92em}table.narrow{width:auto}
        .verdict{font-size:.75rem;font-weight:500;border:1px solid var(--line);border-radius:4px;padding:0 .4rem;color:var(--soft)}.verdict.denied{color:var(--bar);border-color:var(--bar)}
        ul{margin:.2rem 0;padding-left:1.2rem}.pages{display:flex;gap:1.5rem;padding:.8rem 0}
        form.sign{max-width:24rem;margin:4rem auto;display:flex;flex-direction:column;gap:.6rem}
        @media print{:root{--ink:#000;--soft:#444;--line:#bbb;--faint:#fff;--bar:#8c2b1c;--link:#000;--paper:#fff}header nav,form.filter,.pages{display:none}tr,svg,pre{break-inside:avoid}}

        """
}
