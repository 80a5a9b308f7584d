// SPDX-License-Identifier: MIT
// look.mjs - looks at HTML reports, the book, and an instructor's pages in chromium; says in TAP what it sees.
//
// usage: node look.mjs FOLDER BOOK CLASS BENCH NAME...
//
// FOLDER/NAME.html, a report, is opened in light and in dark, wide and narrow, without
// JavaScript; how it looked is kept in FOLDER/NAME-light-1200.png and so on.
// What runs inside the page are our own questions to it, never the page's code.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { lookAtBook } from './book.mjs';
import { lookAtBench, lookAtClass } from './desk.mjs';
import {
	CONTRAST_MIN, VIEWS, contrastProblems, currentStop, cutOff, headingProblems, numberStops, openAll, paperProblems,
	watch, wideness,
} from './questions.mjs';

const SIZE_MAX = 1 << 20;

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
	const view = `${name}, ${scheme}, ${width} px`, events = watch(page, (address) => address === url);
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

const [folder, book, ofClass, ofBench, ...names] = process.argv.slice(2);
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
await lookAtClass(browser, ofClass, folder, tell);
await lookAtBench(browser, ofBench, folder, tell);
await lookAtBook(browser, resolve(book), folder, tell);
await browser.close();
console.log(`1..${tests}`);
process.exit(failed ? 1 : 0);
