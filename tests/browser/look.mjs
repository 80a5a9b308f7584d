// SPDX-License-Identifier: MIT
// look.mjs - looks at HTML reports in chromium, and says in TAP what it sees.
//
// usage: node look.mjs FOLDER NAME...
//
// FOLDER/NAME.html is opened in light and in dark, wide and narrow, without
// JavaScript; how it looked is kept in FOLDER/NAME-light-1200.png and so on.
// What runs inside the page are our own questions to it, never the page's code.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const SIZE_MAX = 1 << 20;
const CONTRAST_MIN = 4.5; // WCAG 2, level AA
const VIEWS = [['light', 1200], ['light', 390], ['dark', 1200], ['dark', 390]];

let tests = 0, failed = 0;

function tell(what, problems) {
	const good = problems.length === 0;
	console.log(`${good ? 'ok' : 'not ok'} ${++tests} - ${what}`);
	for (const p of problems.slice(0, 10))
		console.log(`# ${p.replaceAll('\n', ' ').slice(0, 300)}`);
	if (problems.length > 10)
		console.log(`# and ${problems.length - 10} more`);
	failed += !good;
}

// ---- what is asked inside the page -------------------------------------------

function openAll() {
	for (const d of document.querySelectorAll('details'))
		d.open = true;
}

function wideness() {
	const have = document.documentElement.clientWidth;
	const need = document.documentElement.scrollWidth;
	return need > have ? [`the page needs ${need} px, and has ${have}`] : [];
}

function headingProblems() {
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

function contrastProblems(least) {
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
function cutOff() {
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
function numberStops() {
	const all = [...document.querySelectorAll('summary, a[href], .scroll')]
		.filter((e) => e.checkVisibility());
	all.forEach((e, i) => e.setAttribute('data-stop', i));
	return all.length;
}

function currentStop() {
	const e = document.activeElement, style = getComputedStyle(e);
	return {
		n: e.getAttribute('data-stop'),
		what: e.outerHTML.slice(0, 80),
		ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
	};
}

function paperProblems() {
	return [...document.querySelectorAll('.scroll')]
		.filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
		.map((e) => `${e.getAttribute('aria-label')} does not fit`);
}

// ---- what is tried with it ------------------------------------------------------

async function keyboardProblems(page) {
	const expected = await page.evaluate(numberStops), reached = new Set(), problems = [];
	for (let i = 0; i <= expected; i++) {
		await page.keyboard.press('Tab');
		const stop = await page.evaluate(currentStop);
		if (stop.n === null)
			break;
		if (!stop.ring)
			problems.push(`not to be seen that the keyboard is at ${stop.what}`);
		reached.add(stop.n);
	}
	if (reached.size < expected)
		problems.push(`${reached.size} of ${expected} places are reached`);
	return problems;
}

async function foldingProblems(page) {
	const closed = page.locator('details:not([open]) > summary').first();
	await closed.focus();
	const handle = await closed.elementHandle();
	await page.keyboard.press('Enter');
	return await handle.evaluate((e) => e.parentElement.open) ? [] : ['Enter unfolds nothing'];
}

async function scrollProblems(page) {
	const problems = [];
	const long = await page.evaluate(() => [...document.querySelectorAll('.scroll')]
		.findIndex((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 100));
	if (long < 0)
		return problems;
	const region = page.locator('.scroll').nth(long);
	await region.focus();
	await page.keyboard.press('ArrowRight');
	for (let i = 0; i < 100 && !(await region.evaluate((e) => e.scrollLeft)); i++)
		await page.waitForTimeout(20);
	if (!(await region.evaluate((e) => e.scrollLeft)))
		problems.push('the arrow keys move no picture');
	return problems;
}

// The end of a long picture is what counts, so that is what is seen at first.
function startsElsewhere() {
	return [...document.querySelectorAll('.scroll')]
		.filter((e) => e.checkVisibility() && e.scrollTop < -1)
		.map((e) => e.getAttribute('aria-label'));
}

async function look(browser, folder, name, scheme, width) {
	const context = await browser.newContext({
		javaScriptEnabled: false, colorScheme: scheme, viewport: { width, height: 900 },
	});
	const page = await context.newPage();
	const url = pathToFileURL(resolve(folder, `${name}.html`)).href;
	const view = `${name}, ${scheme}, ${width} px`, events = [];
	page.on('console', (m) => events.push(`console: ${m.text()}`));
	page.on('pageerror', (e) => events.push(`error: ${e.message}`));
	page.on('dialog', (d) => { events.push(`dialog: ${d.message()}`); d.dismiss(); });
	page.on('popup', () => events.push('a window opened'));
	page.on('framenavigated', (f) => f.url() === url || events.push(`went to ${f.url()}`));
	page.on('request', (r) => r.url() === url || events.push(`asked for ${r.url()}`));
	await page.goto(url);
	await page.screenshot({ path: `${folder}/${name}-${scheme}-${width}.png`, fullPage: true });

	tell(`${view}: the page itself is not too wide`, await page.evaluate(wideness));
	tell(`${view}: pictures show their end at first`, await page.evaluate(startsElsewhere));
	tell(`${view}: the keyboard reaches everything`, await keyboardProblems(page));
	tell(`${view}: the keyboard unfolds`, await foldingProblems(page));
	await page.goto(url); // the keyboard starts at the top again
	await page.evaluate(openAll);
	tell(`${view}: all open, it is not too wide`, await page.evaluate(wideness));
	tell(`${view}: all open, the keyboard reaches everything`, await keyboardProblems(page));
	tell(`${view}: the keyboard scrolls`, await scrollProblems(page));
	tell(`${view}: headings without gaps`, await page.evaluate(headingProblems));
	tell(`${view}: contrast`, await page.evaluate(contrastProblems, CONTRAST_MIN));
	tell(`${view}: nothing in a picture is cut off`, await page.evaluate(cutOff));
	await page.emulateMedia({ media: 'print', colorScheme: 'light' });
	tell(`${view}: on paper pictures are whole`, await page.evaluate(paperProblems));
	tell(`${view}: nothing is run, fetched or complained about`, events);
	await context.close();
}

// A page that does all that it must not, so that a blind eye would be noticed.
async function lookAtBadPage(browser) {
	const context = await browser.newContext({ viewport: { width: 390, height: 900 } });
	const page = await context.newPage();
	await page.setContent(`<!DOCTYPE html><h1>a</h1><h3 style="color:#888">b</h3>
		<p style="width:800px">c</p><a href="#" tabindex="-1">d</a>
		<div class="scroll" tabindex="0" style="outline:none;width:50px;overflow:hidden">
		<svg width="90" height="30"><text x="80" y="5">cut off</text></svg></div>`);
	const found = {
		'what is too wide': await page.evaluate(wideness),
		'gaps in headings': await page.evaluate(headingProblems),
		'weak contrast': await page.evaluate(contrastProblems, CONTRAST_MIN),
		'words cut off': await page.evaluate(cutOff),
		'pictures too large for paper': await page.evaluate(paperProblems),
		'places out of reach': (await keyboardProblems(page)).filter((s) => / of /.test(s)),
		'a ring that is missing': (await keyboardProblems(page)).filter((s) => /^not/.test(s)),
	};
	for (const [what, problems] of Object.entries(found))
		tell(`${what} would be noticed`, problems.length ? [] : ['it was not']);
	await context.close();
}

const [folder, ...names] = process.argv.slice(2);
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
	// Chromium's own sandbox refuses to work for root.
	args: process.getuid() === 0 ? ['--no-sandbox'] : [],
});
await lookAtBadPage(browser);
for (const name of names) {
	const { size } = statSync(`${folder}/${name}.html`);
	tell(`${name}: ${size} bytes are not too many`, size < SIZE_MAX ? [] : [`${size} bytes`]);
	for (const [scheme, width] of VIEWS)
		await look(browser, folder, name, scheme, width);
}
await browser.close();
console.log(`1..${tests}`);
process.exit(failed ? 1 : 0);
