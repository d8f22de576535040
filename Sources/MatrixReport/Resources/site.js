'use strict';
// The site is readable without this script. It filters tables, remembers the theme and moves the focus.
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  const themes = ['system', 'light', 'dark'];
  const stored = () => { try { return localStorage.getItem('kmatrix-theme'); } catch { return null; } };
  let theme = themes.includes(stored()) ? stored() : 'system';
  const showTheme = () => {
    if (theme === 'system') delete root.dataset.theme; else root.dataset.theme = theme;
    const button = document.getElementById('theme');
    if (button) button.textContent = 'Theme: ' + theme;
  };
  showTheme();

  document.addEventListener('DOMContentLoaded', () => {
    showTheme();
    document.getElementById('theme').addEventListener('click', () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      try { localStorage.setItem('kmatrix-theme', theme); } catch { /* a page from a file may have no storage */ }
      showTheme();
    });
    for (const button of document.querySelectorAll('.copy button')) {
      button.addEventListener('click', async () => {
        try { await navigator.clipboard.writeText(button.parentElement.querySelector('pre').textContent); button.textContent = 'Copied'; } catch { button.textContent = 'Select and copy by hand'; }
      });
    }
    window.addEventListener('beforeprint', () => { for (const each of document.querySelectorAll('details')) each.open = true; });
    const table = document.getElementById('matrix');
    if (table) matrix(table);
    if (document.querySelector('.grid')) grid();
    root.dataset.ready = String(Math.round(performance.now()));
  });

  function matrix(table) {
    const size = table.tBodies[0].rows.length;
    const control = id => document.getElementById('f-' + id);
    const selects = ['guest', 'series', 'cause', 'proof', 'axis'];
    const many = { verdict: [...document.querySelectorAll('[data-verdict]')], layout: [...document.querySelectorAll('[data-layout]')] };
    const layouts = [...table.tHead.rows[0].cells].slice(1).map(cell => cell.textContent);
    const total = Number(table.dataset.cells);
    let rows = null;
    // Read when first needed, because ten thousand cells take a moment.
    const read = () => rows ??= [...table.rows].slice(1).map(row => ({
      row, place: Number(row.dataset.n), guest: row.dataset.g, series: row.dataset.s, axes: row.dataset.a ? row.dataset.a.split(' ') : [],
      text: [row.textContent, row.dataset.r, ...[...row.cells].map(cell => (cell.dataset.c ?? '') + ' ' + (cell.dataset.p ?? ''))].join(' ').toLowerCase(),
      cells: [...row.cells].slice(1).map(cell => ({
        cell, verdict: cell.classList[1], cause: cell.dataset.c ?? cell.querySelector('a')?.textContent ?? '', proofs: (cell.dataset.p ?? '').split(' '), odd: cell.classList.contains('odd'),
      })),
    }));

    const state = () => {
      const state = { q: control('q').value.trim(), odd: control('odd').checked ? '1' : '', sort: control('sort').value === 'guest' ? '' : control('sort').value };
      for (const id of selects) state[id] = control(id).value;
      for (const id in many) state[id] = many[id].filter(button => button.getAttribute('aria-pressed') === 'true').map(button => button.dataset[id]).join(',');
      return state;
    };
    const show = values => {
      control('q').value = values.get('q') ?? '';
      control('odd').checked = values.get('odd') === '1';
      control('sort').value = values.get('sort') === 'series' ? 'series' : 'guest';
      for (const id of selects) {
        control(id).value = values.get(id) ?? '';
        if (control(id).selectedIndex < 0) control(id).value = '';
      }
      for (const id in many) {
        const chosen = (values.get(id) ?? '').split(',');
        for (const button of many[id]) button.setAttribute('aria-pressed', String(chosen.includes(button.dataset[id])));
      }
    };

    // Screen readers do not see rows that are not laid out, so the bodies are laid out one by one when the browser is idle.
    const idle = window.requestIdleCallback ?? setTimeout;
    const draw = part => {
      if (!part || part.classList.contains('drawn')) return;
      part.classList.add('drawn');
      idle(() => draw(part.nextElementSibling));
    };
    const arrange = shown => {
      for (const part of [...table.tBodies]) part.remove();
      for (let start = 0; start < shown.length || start === 0; start += size) table.createTBody().append(...shown.slice(start, start + size));
      idle(() => draw(table.tBodies[0]));
    };
    const apply = () => {
      const want = state();
      const active = Object.keys(want).filter(key => key !== 'sort' && want[key] !== '');
      if (active.length === 0 && want.sort === '' && rows === null) return count(total);
      const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
      const verdicts = want.verdict ? want.verdict.split(',') : [];
      const columns = want.layout ? layouts.map(layout => want.layout.split(',').includes(layout)) : layouts.map(() => true);
      let shown = 0;
      const kept = read().filter(each => {
        const fits = (!want.guest || each.guest === want.guest) && (!want.series || each.series === want.series)
          && (!want.axis || (want.axis === 'none' ? each.axes.length === 0 : each.axes.includes(want.axis))) && words.every(word => each.text.includes(word));
        let isKept = false;
        each.cells.forEach((cell, index) => {
          const on = fits && columns[index] && (verdicts.length === 0 || verdicts.includes(cell.verdict))
            && (!want.cause || cell.cause === want.cause) && (!want.proof || cell.proofs.includes(want.proof)) && (!want.odd || cell.odd);
          cell.cell.classList.toggle('off', !on);
          if (on) { isKept = true; if (cell.cell.dataset.none === undefined) shown += 1; }
        });
        return isKept;
      });
      layouts.forEach((_, index) => {
        const hidden = !columns[index];
        table.tHead.rows[0].cells[index + 1].hidden = hidden;
        for (const each of rows) each.cells[index].cell.hidden = hidden;
      });
      // A stable sort keeps the page's order within a kernel.
      if (want.sort === 'series') kept.sort((one, other) => one.place - other.place);
      arrange(kept.map(each => each.row));
      count(shown);
    };
    const count = shown => { control('count').textContent = shown === total ? `${total} cells` : `${shown} of ${total} cells`; };
    const changed = () => {
      const values = new URLSearchParams(Object.entries(state()).filter(([, value]) => value !== ''));
      history.replaceState(null, '', values.size > 0 ? '#' + values : location.pathname + location.search);
      apply();
    };
    const follow = () => {
      const hash = location.hash.slice(1);
      // A plain name is an anchor, not a filter.
      if (hash && !hash.includes('=')) return;
      show(new URLSearchParams(hash));
      apply();
      if (hash) document.getElementById('cells').scrollIntoView();
    };

    let typing = 0;
    control('q').addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(changed, 120); });
    for (const id of [...selects, 'odd', 'sort']) control(id).addEventListener('change', changed);
    for (const button of Object.values(many).flat()) {
      button.addEventListener('click', () => { button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true')); changed(); });
    }
    control('reset').addEventListener('click', () => { show(new URLSearchParams()); changed(); control('q').focus(); });
    window.addEventListener('hashchange', follow);
    follow();
    idle(() => draw(table.tBodies[0]));

    keys(control('q'), changed);
  }

  // The grids of proofs: rows and columns that do not fit the filters are hidden.
  function grid() {
    const control = id => document.getElementById('g-' + id);
    const layouts = [...document.querySelectorAll('.tools [data-layout]')];
    const grids = [...document.querySelectorAll('.grid')].map(part => {
      const table = part.querySelector('table');
      return { part, heads: [...table.tHead.rows[0].cells].slice(1), rows: [...table.tBodies[0].rows].map(row => ({ row, cells: [...row.cells].slice(1) })) };
    });
    const isOpen = cell => cell.querySelector('a') !== null;
    const state = () => ({
      q: control('q').value.trim(), by: control('by').value, proof: control('proof').value, open: control('open').checked ? '1' : '',
      layout: layouts.filter(button => button.getAttribute('aria-pressed') === 'true').map(button => button.dataset.layout).join(','),
    });
    const show = values => {
      control('q').value = values.get('q') ?? '';
      for (const id of ['by', 'proof']) {
        control(id).value = values.get(id) ?? '';
        if (control(id).selectedIndex < 0) control(id).value = '';
      }
      control('open').checked = values.get('open') === '1';
      const chosen = (values.get('layout') ?? '').split(',');
      for (const button of layouts) button.setAttribute('aria-pressed', String(chosen.includes(button.dataset.layout)));
    };
    const apply = () => {
      const want = state();
      const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const { part, heads, rows } of grids) {
        part.hidden = want.by !== '' && part.dataset.by !== want.by;
        const names = heads.map(head => head.textContent);
        const shown = rows.filter(({ row, cells }) => {
          const text = row.cells[0].textContent.toLowerCase();
          const fits = words.every(word => text.includes(word)) && (!want.layout || want.layout.split(',').includes(row.dataset.l))
            && (!want.open || cells.some((cell, index) => isOpen(cell) && (!want.proof || names[index] === want.proof)));
          row.hidden = !fits;
          return fits;
        });
        if (!part.hidden) count += shown.length;
        heads.forEach((head, index) => {
          const hidden = want.proof ? names[index] !== want.proof : want.open !== '' && !shown.some(({ cells }) => isOpen(cells[index]));
          head.hidden = hidden;
          for (const { cells } of rows) cells[index].hidden = hidden;
        });
      }
      control('count').textContent = count === 1 ? '1 row' : `${count} rows`;
    };
    const changed = () => {
      const values = new URLSearchParams(Object.entries(state()).filter(([, value]) => value !== ''));
      history.replaceState(null, '', values.size > 0 ? '#' + values : location.pathname + location.search);
      apply();
    };
    const follow = () => {
      show(new URLSearchParams(location.hash.slice(1)));
      apply();
    };
    let typing = 0;
    control('q').addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(changed, 120); });
    for (const id of ['by', 'proof', 'open']) control(id).addEventListener('change', changed);
    for (const button of layouts) {
      button.addEventListener('click', () => { button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true')); changed(); });
    }
    control('reset').addEventListener('click', () => { show(new URLSearchParams()); changed(); control('q').focus(); });
    window.addEventListener('hashchange', follow);
    follow();
    keys(control('q'), changed);
  }

  // "/" searches, Esc clears the search, arrows move between the links of a table.
  function keys(search, changed) {
    document.addEventListener('keydown', event => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const typingNow = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
      if (event.key === '/' && !typingNow) { event.preventDefault(); search.focus(); }
      if (event.key === 'Escape' && document.activeElement === search) { search.value = ''; changed(); }
      const cell = document.activeElement.closest?.('#matrix td, .proofs td');
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!cell || !step) return;
      event.preventDefault();
      const table = cell.closest('table');
      let [row, column] = [cell.parentElement, cell.cellIndex];
      for (;;) {
        if (step[0]) row = table.rows[row.rowIndex + step[0]]; else column += step[1];
        const target = row?.cells[column];
        if (!target || column < 1) return;
        const link = target.querySelector('a');
        if (link && !row.hidden && !target.hidden && !target.classList.contains('off')) return link.focus();
      }
    });
  }
})();
