// SPDX-License-Identifier: MIT
// desk.mjs - looks at the pages that an instructor gets, of a class and of a campaign of benchmarks, in chromium.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CONTRAST_MIN, VIEWS, contrastProblems, headingProblems, watch, wideness } from './questions.mjs';

// A page, and a list of what it says or asks for that it should not.
async function open(browser, path, options) {
	const context = await browser.newContext(options), page = await context.newPage();
	const url = pathToFileURL(resolve(path)).href;
	const events = watch(page, (address) => address === url || address.startsWith('data:'));
	await page.goto(url);
	return { context, page, events };
}

async function lookAtPage(browser, path, name, out, tell) {
	for (const [colorScheme, width] of VIEWS) {
		const { context, page, events } = await open(browser, path, { colorScheme, viewport: { width, height: 900 } });
		const view = `${name}, ${colorScheme}, ${width} px`;
		await page.screenshot({ path: `${out}/${name}-${colorScheme}-${width}.png` });
		tell(`${view}: not too wide`, await page.evaluate(wideness));
		tell(`${view}: headings without gaps`, await page.evaluate(headingProblems));
		tell(`${view}: contrast`, await page.evaluate(contrastProblems, CONTRAST_MIN));
		await page.emulateMedia({ media: 'print', colorScheme: 'light' });
		await page.setViewportSize({ width: 720, height: 1000 });
		tell(`${view}: fits on paper`, await page.evaluate(wideness));
		tell(`${view}: nothing is run, fetched or complained about`, events);
		await context.close();
	}
}

// ---- a class ----------------------------------------------------------------------

function linksOf() {
	return [...document.querySelectorAll('a')].map((a) => a.href);
}

const numbers = (table, column) => table.locator(`tbody tr td:nth-child(${column})`)
	.evaluateAll((cells) => cells.map((c) => c.textContent === '–' ? -1 : Number(c.textContent)));

const ordered = (list) => list.every((n, i) => i === 0 || list[i - 1] <= n);

async function sorting(page, press) {
	const table = page.locator('table.sortable').last(), problems = [];
	const button = table.locator('thead button').nth(1);
	await press(button);
	if (!ordered(await numbers(table, 2)))
		problems.push('the fewest points are not first');
	await press(button);
	if (!ordered((await numbers(table, 2)).reverse()))
		problems.push('the most points are not first');
	if (await table.locator('thead th').nth(1).getAttribute('aria-sort') !== 'descending')
		problems.push('it does not say how it is sorted');
	return problems;
}

// The mouse goes over the letters of the last student, from first to last.
async function naming(page) {
	const map = page.locator('code[data-lab]').last(), problems = [];
	const names = await page.evaluate(() => Object.values(JSON.parse(document.getElementById('checks').textContent)).at(-1));
	await map.scrollIntoViewIfNeeded();
	const box = await map.boundingBox();
	for (const [i, name] of names.entries()) {
		await page.mouse.move(box.x + (i + 0.5) * box.width / names.length, box.y + box.height / 2);
		const shown = await page.locator('#at').textContent();
		if (shown !== name)
			problems.push(`letter ${i} is called ${shown}, and is ${name}`);
	}
	return problems;
}

export async function lookAtClass(browser, folder, out, tell) {
	const path = join(folder, 'index.html');
	await lookAtPage(browser, path, 'class', out, tell);
	await lookAtPage(browser, join(folder, 'similar.html'), 'similar', out, tell);
	const { context, page, events } = await open(browser, path, { viewport: { width: 1200, height: 900 } });
	const began = Date.now();
	tell('class: a click sorts', await sorting(page, (b) => b.click()));
	console.log(`# sorted twice, and looked at, in ${Date.now() - began} ms`);
	await page.reload();
	tell('class: the keyboard sorts', await sorting(page, async (b) => { await b.focus(); await page.keyboard.press('Enter'); }));
	tell('class: the mouse has each letter named', await naming(page));
	tell('class: every link leads to a file', (await page.evaluate(linksOf))
		.filter((href) => !existsSync(fileURLToPath(href))));
	tell('class: nothing is run, fetched or complained about', events);
	await context.close();
	const still = await open(browser, path, { javaScriptEnabled: false });
	const rows = await still.page.locator('table').last().locator('tbody tr').count();
	tell('class: it is all there without JavaScript', rows > 0 ? [] : ['no rows']);
	await still.context.close();
}

// ---- a campaign ---------------------------------------------------------------------

// A picture that could not be read has no size.
function blindPictures() {
	return [...document.images].filter((i) => !i.naturalWidth || !i.alt).map((i) => i.alt || 'one without a name');
}

export async function lookAtBench(browser, folder, out, tell) {
	const path = join(folder, 'index.html');
	await lookAtPage(browser, path, 'bench', out, tell);
	const { context, page } = await open(browser, path, {});
	tell('bench: there are pictures', await page.evaluate(() => document.images.length >= 4 ? [] : [`${document.images.length}`]));
	tell('bench: each is seen, and named', await page.evaluate(blindPictures));
	await context.close();
}
