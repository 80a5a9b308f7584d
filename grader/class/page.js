/* SPDX-License-Identifier: MIT */
/* page.js - sorts a class's tables, and names the check under the mouse. */
'use strict';

const value = (row, column) => {
	const cell = row.cells[column];
	const shown = cell.dataset.value ?? cell.textContent;
	const number = Number(shown);
	return shown === '–' ? -1 : shown !== '' && !Number.isNaN(number) ? number : shown;
};

const compare = (a, b) => typeof a === 'number' && typeof b === 'number'
	? a - b
	: String(a).localeCompare(String(b), undefined, {numeric: true});

function sort(table, column, descending) {
	const body = table.tBodies[0];
	const rows = [...body.rows].map(row => ({row, key: value(row, column)}));
	rows.sort((a, b) => descending ? compare(b.key, a.key) : compare(a.key, b.key));
	body.replaceChildren(...rows.map(r => r.row));
}

for (const table of document.querySelectorAll('.sortable')) {
	const heads = [...table.tHead.rows[0].cells];
	heads.forEach((head, column) => {
		const button = document.createElement('button');
		button.append(...head.childNodes);
		head.append(button);
		button.addEventListener('click', () => {
			const descending = head.ariaSort === 'ascending';
			heads.forEach(h => { h.ariaSort = null; });
			head.ariaSort = descending ? 'descending' : 'ascending';
			sort(table, column, descending);
		});
	});
}

const checks = JSON.parse(document.getElementById('checks').textContent);
const at = document.getElementById('at');
document.addEventListener('mousemove', event => {
	const map = event.target.closest?.('code[data-lab]');
	if (!map)
		return;
	const box = map.getBoundingClientRect();
	const names = checks[map.dataset.lab];
	const name = names[Math.floor((event.clientX - box.left) * names.length / box.width)];
	if (name && at.textContent !== name)
		at.textContent = name;
});
