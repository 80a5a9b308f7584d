// SPDX-License-Identifier: MIT
// book.mjs - looks at the book in chromium: every page once, one of each kind in every light.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
	CONTRAST_MIN, VIEWS, contrastProblems, currentStop, headingProblems, openAll, watch, wideness,
} from './questions.mjs';

// One of each kind, and what its screenshot is called.
const KINDS = [
	['index.html', 'start'], ['index.zh-CN.html', 'start-zh'], ['labs/03-fork/README.html', 'handout'],
	['labs/07-shm-fifo/README.zh-CN.html', 'handout-zh'], ['labs/03-fork/checks.html', 'checks'],
	['diagnoses/index.html', 'diagnoses'], ['diagnoses/zombies.html', 'diagnosis'],
	['diagnoses/memory-error.zh-CN.html', 'diagnosis-zh'], ['labs/GLOSSARY.zh-CN.html', 'glossary-zh'],
	['solutions/index.html', 'solutions'], ['solutions/03-fork/server.c.html', 'solution'],
	['common/io.c.html', 'source'],
];

// In each language: what is typed, what the first heading found says, and where it leads.
const SEARCHES = [
	['index.html', 'zombies', /zombies/i, /(README|zombies)\.html/],
	['labs/03-fork/checks.html', 'TIME_WAIT', /./, /\.html/],
	['diagnoses/zombies.zh-CN.html', '僵尸', /僵尸/, /\.zh-CN\.html/],
	['index.zh-CN.html', '字节序 htons', /./, /\.zh-CN\.html/],
];

const url = (book, path) => pathToFileURL(join(book, path)).href;

// A page, and a list of what it says or asks for that it should not.
async function open(context, book, path) {
	const page = await context.newPage(), events = watch(page, (address) => address.startsWith(url(book, '')));
	await page.goto(url(book, path));
	return { page, events };
}

const about = (path, problems) => problems.map((p) => `${path}: ${p}`);

// ---- every page ---------------------------------------------------------------

// What is not reached without scrolling a part of the page has to be reachable.
function cutOffParts() {
	return [...document.querySelectorAll('pre, .scroll')]
		.filter((e) => e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX !== 'auto')
		.map((e) => e.outerHTML.slice(0, 80));
}

async function lookAtAll(browser, book, tell) {
	const context = await browser.newContext({ viewport: { width: 390, height: 900 } });
	const paths = readdirSync(book, { recursive: true }).filter((p) => p.endsWith('.html')).sort();
	const { page, events } = await open(context, book, 'index.html'), wide = [], gaps = [];
	for (const path of paths) {
		await page.goto(url(book, path));
		await page.evaluate(openAll);
		wide.push(...about(path, await page.evaluate(wideness)), ...about(path, await page.evaluate(cutOffParts)));
		gaps.push(...about(path, await page.evaluate(headingProblems)));
	}
	const all = `book, all ${paths.length} pages, 390 px`;
	tell(`${all}: not too wide, all open`, paths.length > 300 ? wide : [`only ${paths.length} pages`]);
	tell(`${all}: headings without gaps`, gaps);
	tell(`${all}: nothing is complained about, or fetched`, events);
	await context.close();
}

// ---- one of each kind -----------------------------------------------------------

async function ringProblems(page) {
	const problems = [], most = 12;
	await page.evaluate(() => scrollTo(0, 0));
	for (let i = 0; i < most; i++) {
		await page.keyboard.press('Tab');
		const stop = await page.evaluate(currentStop);
		if (i === 0 && !stop.what.includes('class="skip"'))
			problems.push(`the first stop is ${stop.what}`);
		if (!stop.ring)
			problems.push(`not to be seen that the keyboard is at ${stop.what}`);
	}
	return problems;
}

async function lookAtKind(browser, book, out, tell, [path, name], [scheme, width]) {
	const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 1000 } });
	const { page } = await open(context, book, path);
	const view = `book, ${name}, ${scheme}, ${width} px`;
	await page.screenshot({ path: `${out}/book-${name}-${scheme}-${width}.png` });
	tell(`${view}: the keyboard is seen, and can skip to the text`, await ringProblems(page));
	await page.evaluate(openAll);
	tell(`${view}: not too wide`, await page.evaluate(wideness));
	tell(`${view}: contrast`, await page.evaluate(contrastProblems, CONTRAST_MIN));
	for (const figure of (await page.locator('.drawing').all()).slice(0, 1))
		await figure.screenshot({ path: `${out}/book-${name}-drawing-${scheme}-${width}.png` });
	await page.emulateMedia({ media: 'print', colorScheme: 'light' });
	await page.setViewportSize({ width: 720, height: 1000 });
	tell(`${view}: fits on paper`, await page.evaluate(wideness));
	await context.close();
}

// ---- the search -----------------------------------------------------------------

async function search(context, book, out, tell, [path, words, heading, leads]) {
	const { page, events } = await open(context, book, path), problems = [];
	await page.keyboard.press('/');
	await page.keyboard.type(words);
	const first = page.locator('.results a').first();
	await first.waitFor({ timeout: 10000 });
	await page.screenshot({ path: `${out}/book-search-${path.includes('zh-CN') ? 'zh-' : ''}${words.length}.png` });
	const name = await first.locator('strong').textContent();
	if (!heading.test(name))
		problems.push(`the first is ${name}`);
	problems.push(...await page.evaluate(contrastProblems, CONTRAST_MIN), ...await page.evaluate(wideness));
	await page.keyboard.press('ArrowDown');
	const href = await page.evaluate(() => document.activeElement.href);
	await page.keyboard.press('Enter');
	await page.waitForURL(href);
	const found = await page.evaluate((all) => {
		const place = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : document.body;
		const at = place?.getBoundingClientRect().top;
		return { there: at > -1 && at < innerHeight, words: all.every((w) => document.body.textContent.includes(w)) };
	}, words.split(' '));
	if (!leads.test(href) || !(found.there || !href.includes('#')) || !found.words)
		problems.push(`leads to ${href}: ${JSON.stringify(found)}`);
	tell(`book, search: ${words} is found and leads to its place`, problems.concat(events));
	await page.close();
}

async function searchKeys(context, book, tell) {
	const { page } = await open(context, book, 'index.html'), problems = [];
	const input = page.locator('.search input'), results = page.locator('.results');
	await page.keyboard.press('/');
	await page.keyboard.type('xyzzyplugh');
	await results.getByText('Nothing found').waitFor({ timeout: 10000 })
		.catch(() => problems.push('it does not say that there is nothing'));
	await page.keyboard.press('Escape');
	if (await results.isVisible() || await input.inputValue())
		problems.push('Escape does not close it');
	await page.keyboard.type('<b>&');
	await page.keyboard.press('Enter');
	if (await results.locator('b').count())
		problems.push('what is typed becomes HTML');
	tell('book, search: nothing is found, Escape closes', problems);
	await page.close();
}

async function withoutScript(browser, book, tell) {
	const context = await browser.newContext({ javaScriptEnabled: false });
	const { page } = await open(context, book, 'labs/03-fork/README.html'), problems = [];
	if (await page.locator('.search').isVisible())
		problems.push('a search that cannot search');
	if (!(await page.locator('.contents a').first().isVisible()))
		problems.push('no contents');
	tell('book: without JavaScript there is no search, and all the rest', problems);
	await context.close();
}

async function schemesDiffer(browser, book, tell) {
	const colours = [];
	for (const colorScheme of ['light', 'dark']) {
		const context = await browser.newContext({ colorScheme });
		const { page } = await open(context, book, 'labs/03-fork/README.html');
		colours.push(await page.evaluate(() => ['body', '.drawing .wire', 'pre'].map((s) => {
			const style = getComputedStyle(document.querySelector(s));
			return style.backgroundColor + style.stroke;
		})));
		await context.close();
	}
	tell('book: dark is not light', colours[0].filter((c, i) => c === colours[1][i]));
}

export async function lookAtBook(browser, book, out, tell) {
	await lookAtAll(browser, book, tell);
	for (const kind of KINDS)
		for (const view of VIEWS)
			await lookAtKind(browser, book, out, tell, kind, view);
	const context = await browser.newContext({ viewport: { width: 390, height: 900 } });
	for (const s of SEARCHES)
		await search(context, book, out, tell, s);
	await searchKeys(context, book, tell);
	await context.close();
	await withoutScript(browser, book, tell);
	await schemesDiffer(browser, book, tell);
}
