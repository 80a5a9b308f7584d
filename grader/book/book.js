// SPDX-License-Identifier: MIT
// book.js - the search; without it nothing of the book is missing but that
(() => {
	const words = document.currentScript.dataset;
	const form = document.querySelector('.search');
	const input = form.querySelector('input');
	const results = form.querySelector('.results');
	const MOST = 30;
	let index = null; // entries: [where, title of the page, heading, words]

	// A page opened from a disk may fetch nothing; a script it may load.
	function load() {
		if (index)
			return;
		index = [];
		window.found = (entries) => {
			index = entries;
			show();
		};
		const script = document.createElement('script');
		script.src = words.root + words.index;
		document.head.append(script);
	}

	const lower = (s) => s.toLowerCase();

	// The better a heading fits the lower, and a short one fits best; -1 if a word
	// is not there at all.
	function rank([, title, heading, text], terms) {
		const name = lower(heading), all = `${name} ${lower(title)} ${lower(text)}`;
		if (!terms.every((t) => all.includes(t)))
			return -1;
		if (name.startsWith(terms.join(' ')))
			return name.length / 1000;
		return terms.every((t) => name.includes(t)) ? 1 : 2;
	}

	function marked(text, terms) {
		const line = document.createElement('span');
		let at = 0;
		while (at < text.length) {
			const rest = lower(text.slice(at));
			const next = terms.map((t) => [rest.indexOf(t), t.length])
				.filter(([i]) => i >= 0).sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
			if (!next)
				break;
			const mark = document.createElement('mark');
			mark.textContent = text.slice(at + next[0], at + next[0] + next[1]);
			line.append(text.slice(at, at + next[0]), mark);
			at += next[0] + next[1];
		}
		line.append(text.slice(at));
		return line;
	}

	function excerpt(text, terms) {
		const places = terms.map((t) => lower(text).indexOf(t)).filter((i) => i >= 0);
		const from = places.length ? Math.max(0, Math.min(...places) - 50) : 0;
		return (from ? '…' : '') + text.slice(from, from + 160);
	}

	function item([where, title, heading, text], terms) {
		const li = document.createElement('li'), a = document.createElement('a');
		const name = document.createElement('strong');
		const page = document.createElement('small');
		name.textContent = heading;
		page.textContent = heading === title ? '' : title;
		a.href = words.root + where;
		a.append(name, ' ', page, marked(excerpt(text, terms), terms));
		li.append(a);
		return li;
	}

	function show() {
		const terms = lower(input.value).split(/\s+/).filter(Boolean);
		results.hidden = terms.length === 0;
		if (results.hidden)
			return;
		const hits = index.map((entry) => ({ entry, rank: rank(entry, terms) }))
			.filter((hit) => hit.rank >= 0).sort((a, b) => a.rank - b.rank);
		const count = document.createElement('p'), list = document.createElement('ol');
		count.setAttribute('role', 'status');
		count.textContent = hits.length ? words.found.replace('%d', hits.length) :
			words.foundNone;
		list.append(...hits.slice(0, MOST).map((hit) => item(hit.entry, terms)));
		results.replaceChildren(count, list);
		results.scrollTop = 0;
	}

	function move(by) {
		const stops = [input, ...results.querySelectorAll('a')];
		const to = stops.indexOf(document.activeElement) + by;
		stops[Math.max(0, Math.min(to, stops.length - 1))].focus();
	}

	form.hidden = false;
	input.addEventListener('focus', load);
	input.addEventListener('input', show);
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		results.querySelector('a')?.click();
	});
	form.addEventListener('keydown', (event) => {
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			event.preventDefault();
			move(event.key === 'ArrowDown' ? 1 : -1);
		} else if (event.key === 'Escape') {
			input.value = '';
			show();
			input.focus();
		}
	});
	document.addEventListener('keydown', (event) => {
		const typing = event.target.closest('input') || event.ctrlKey || event.metaKey;
		if (event.key === '/' && !typing) {
			event.preventDefault();
			input.focus();
		}
	});
	document.addEventListener('click', (event) => {
		results.hidden ||= !form.contains(event.target);
	});

	// Where there is little room the contents are folded at first, and what is
	// wider than the page can be scrolled with the keyboard.
	const contents = document.querySelector('.contents details');
	if (contents && matchMedia('(max-width: 62rem)').matches)
		contents.open = false;
	for (const wide of document.querySelectorAll('pre, .scroll'))
		if (wide.scrollWidth > wide.clientWidth)
			wide.tabIndex = 0;
})();
