// SPDX-License-Identifier: MIT
// questions.mjs - what is asked inside a page; each answers with a list of problems.
export const CONTRAST_MIN = 4.5; // WCAG 2, level AA
export const VIEWS = [['light', 1200], ['light', 390], ['dark', 1200], ['dark', 390]];

// From outside: a list that grows by what the page says, runs or opens that it should not,
// and by each address that it goes to or asks for and is not its own.
export function watch(page, isItsOwn) {
	const events = [], add = (event) => events.push(`${page.url()}: ${event}`);
	page.on('console', (m) => add(`console: ${m.text()}`));
	page.on('pageerror', (e) => add(`error: ${e.message}`));
	page.on('dialog', (d) => { add(`dialog: ${d.message()}`); d.dismiss(); });
	page.on('popup', () => add('a window opened'));
	page.on('framenavigated', (f) => isItsOwn(f.url()) || add(`went to ${f.url()}`));
	page.on('request', (r) => isItsOwn(r.url()) || add(`asked for ${r.url()}`));
	return events;
}

export function openAll() {
	for (const d of document.querySelectorAll('details'))
		d.open = true;
}

export function wideness() {
	const have = document.documentElement.clientWidth;
	const need = document.documentElement.scrollWidth;
	return need > have ? [`the page needs ${need} px, and has ${have}`] : [];
}

export function headingProblems() {
	const problems = [];
	let before = 0;
	for (const h of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
		const level = Number(h.tagName[1]);
		if (level > before + 1)
			problems.push(`h${before}, then ${h.outerHTML}`);
		if (level === 1 && before)
			problems.push('a second h1');
		if (!h.textContent.trim())
			problems.push('an empty heading');
		before = level;
	}
	return before ? problems : ['no heading at all'];
}

export function contrastProblems(least) {
	const rgba = (s) => {
		const n = s.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
		return n.length === 3 ? [...n, 1] : n;
	};
	const luminance = (c) => {
		const [r, g, b] = c.slice(0, 3).map((v) => {
			v /= 255;
			return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const over = (top, below) =>
		[0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
	const background = (e) => {
		const layers = [];
		for (; e; e = e.parentElement)
			layers.unshift(rgba(getComputedStyle(e).backgroundColor));
		return layers.reduce((below, top) => over(top, below), [255, 255, 255, 1]);
	};
	const problems = new Map();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	let seen = 0;
	for (let node; (node = walk.nextNode());) {
		const e = node.parentElement, style = getComputedStyle(e);
		if (!node.data.trim() || e.closest('title') || !e.getClientRects().length)
			continue;
		seen++;
		const back = background(e);
		const colour = e.closest('svg') ? style.fill : style.color;
		const a = luminance(over(rgba(colour), back)), b = luminance(back);
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < least || style.opacity !== '1')
			problems.set(`${e.tagName}.${e.getAttribute('class')} ${colour}`,
				`${ratio.toFixed(2)}: ${e.tagName}.${e.getAttribute('class')}, ${colour}: ` +
				node.data.trim().slice(0, 40));
	}
	return seen ? [...problems.values()] : ['no text at all'];
}

// Words that stick out of a picture would be cut off.
export function cutOff() {
	const problems = [];
	for (const svg of document.querySelectorAll('.scroll svg')) {
		const frame = svg.getBoundingClientRect();
		for (const t of svg.querySelectorAll('text')) {
			const r = t.getBoundingClientRect();
			if (r.left < frame.left || r.right > frame.right + 1 ||
			    r.top < frame.top || r.bottom > frame.bottom + 1)
				problems.push(`${svg.parentElement.getAttribute('aria-label')}: ` +
					t.textContent);
		}
	}
	return problems;
}

// Numbers all that the keyboard should reach, and says how many there are.
export function numberStops() {
	const all = [...document.querySelectorAll('summary, a[href], .scroll')]
		.filter((e) => e.checkVisibility());
	all.forEach((e, i) => e.setAttribute('data-stop', i));
	return all.length;
}

export function currentStop() {
	const e = document.activeElement, style = getComputedStyle(e);
	return {
		n: e.getAttribute('data-stop'),
		what: e.outerHTML.slice(0, 80),
		ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
	};
}

export function paperProblems() {
	return [...document.querySelectorAll('.scroll')]
		.filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
		.map((e) => `${e.getAttribute('aria-label')} does not fit`);
}
