-- SPDX-License-Identifier: MIT
-- diagnoses.lua - a page for each diagnosis, an index of them, and the checks of each lab
local page = require 'page'
local handout = require 'handout'
local w = page.words
local html, heading, escape, prose = page.html, page.heading, page.escape, page.prose

local course -- what the grader says of itself

local function add(to, ...)
	for _, it in ipairs({...}) do
		to[#to + 1] = it
	end
end

local function link_to_code(path, target, id)
	return page.anchor(path, target, '<code>' .. escape(id) .. '</code>')
end

-- ---- the checks of a lab ------------------------------------------------------------

local function hint(path, check)
	local suspects = {}
	for _, id in ipairs(check.suspects) do
		add(suspects, link_to_code(path, course.diagnoses[id].page, id))
	end
	local out = {'<details><summary>', w.hint, '</summary><p>', prose(check.hint), '</p>'}
	if #suspects > 0 then
		add(out, '<p>', w.looks_for, ' ', table.concat(suspects, ', '), '</p>')
	end
	return table.concat(out) .. '</details>'
end

local function beside(lab)
	return lab and {lab.checks_page, w.checks_of:format(lab.number)}
end

local function add_checks(lab)
	local path, title = lab.checks_page, w.checks_of:format(lab.number)
	local to_handout = page.anchor(path, lab.page, escape(lab.heading))
	local blocks = {heading(1, title, 'top'),
		html('<p class="beside">', to_handout, '</p><p>', w.checks_say, '</p>')}
	for _, check in ipairs(lab.checks) do
		add(blocks, html('<section class="check">'), heading(2, escape(check.id), check.id),
			html('<p class="points">', w.points:format(check.points), '</p>'),
			html('<p>', prose(check.claim), '</p>', hint(path, check), '</section>'))
		page.find(path, '#' .. check.id, title, check.id, check.claim)
	end
	page.add({name = 'labs/' .. lab.lab .. '/checks', title = title, blocks = blocks,
		before = beside(lab.before), after = beside(lab.after)})
end

-- ---- a diagnosis --------------------------------------------------------------------

local function shows_something(section)
	for _, block in ipairs(section or {}) do
		if block.t == 'RawBlock' and block.text:match('^<pre class="console">') then
			return true
		end
	end
end

-- What a link leads to, if that is a section where something is to be seen.
local function look(target)
	local lab = course.by_page[target:match('^[^#]*')]
	local anchor = target:match('#(.*)')
	if lab and anchor and not course.diagnoses[anchor] then
		local section, title = handout.section(lab.blocks, anchor)
		return shows_something(section) and section, title, lab
	end
end

local function add_looks(to, d, words, seen)
	pandoc.walk_block(pandoc.Div(words), {
		Link = function(link)
			local section, title, lab = look(link.target)
			if not section or seen[link.target] then
				return
			end
			seen[link.target] = true
			local name = page.anchor(d.page, link.target, escape(page.plain(title)))
			local where = ' <small>' .. w.seen_in:format(lab.number) .. '</small>'
			add(to, heading(3, name .. where, title.identifier))
			add(to, table.unpack(section))
		end,
	})
end

-- The checks that look for it: by themselves, or because their whole lab does.
local function add_askers(to, d)
	local labs, checks = {}, {}
	for _, lab in ipairs(course.labs) do
		if lab.suspects[d.id] then
			add(labs, page.anchor(d.page, lab.checks_page, lab.number))
		end
		for _, check in ipairs(lab.checks) do
			if check.suspects[d.id] then
				local name = link_to_code(d.page, check.place, check.id)
				add(checks, '<li>' .. name .. ' ' .. prose(check.claim) .. '</li>')
			end
		end
	end
	if #labs + #checks > 0 then
		add(to, heading(2, w.asked_by, 'checks'))
	end
	if #labs > 0 then
		add(to, html('<p>', w.asked_by_all, ' ', table.concat(labs, ', '), '</p>'))
	end
	if #checks > 0 then
		add(to, html('<ul>', table.concat(checks), '</ul>'))
	end
end

local function add_diagnosis(d)
	local blocks, looks, seen = {}, {}, {}
	add(blocks, heading(1, prose(d.title), 'top'),
		html('<p class="id"><code>', escape(d.id), '</code></p>'),
		html('<div class="grader"><p><strong>', prose(d.title), w.stop, '</strong> '),
		html(prose(d.text), '</p></div>'))
	add(blocks, #d.labs > 0 and heading(2, w.handouts_say, 'handouts') or
		html('<p>', w.no_handout, '</p>'))
	for i, lab in ipairs(d.labs) do
		local name = page.anchor(d.page, lab.page .. '#' .. d.id, escape(lab.heading))
		add(blocks, heading(3, name, 'lab-' .. lab.number))
		add(blocks, table.unpack(d.words[i]))
		add_looks(looks, d, d.words[i], seen)
	end
	if #looks > 0 then
		add(blocks, heading(2, w.how_it_looks, 'looks'))
		add(blocks, table.unpack(looks))
	end
	add_askers(blocks, d)
	page.find(d.page, '', w.diagnoses, d.id, d.title .. ' ' .. d.text)
	page.add({name = 'diagnoses/' .. d.id, title = d.id .. ': ' .. d.title, blocks = blocks})
end

-- ---- their index --------------------------------------------------------------------

local function entry(path, d, more)
	local name = link_to_code(path, d.page, d.id)
	return table.concat({'<li>', name, ' ', prose(d.title), more or '', '</li>'})
end

local function where_taught(path, d)
	local labs = {}
	for _, lab in ipairs(d.labs) do
		add(labs, page.anchor(path, lab.page .. '#' .. d.id, lab.number))
	end
	return #labs > 0 and table.concat({' <small>', w.taught_in, ' ', table.concat(labs, ', '),
		'</small>'})
end

local function list(items)
	return html('<ul class="index">', table.concat(items, '\n'), '</ul>')
end

local function add_contents()
	local path = page.path('diagnoses/index')
	local blocks = {heading(1, w.diagnoses, 'top'), html('<p>', w.diagnoses_say, '</p>'),
		heading(2, w.by_lab, 'by-lab')}
	for _, lab in ipairs(course.labs) do
		local items = {}
		for _, id in ipairs(lab.teaches) do
			add(items, entry(path, course.diagnoses[id]))
		end
		add(blocks, heading(3, escape(lab.heading), 'lab-' .. lab.number), list(items))
	end
	local sorted, items = {table.unpack(course.diagnoses)}, {}
	table.sort(sorted, function(a, b) return a.id < b.id end)
	for _, d in ipairs(sorted) do
		add(items, entry(path, d, where_taught(path, d)))
	end
	add(blocks, heading(2, w.alphabetically, 'alphabetically'), list(items))
	page.add({name = 'diagnoses/index', title = w.diagnoses, blocks = blocks})
end

-- ---- all of them --------------------------------------------------------------------

local function as_set(ids)
	for _, id in ipairs(ids) do
		ids[id] = true
	end
end

-- What the grader says and what the handouts say, put together.
local function prepare()
	course.by_page = {}
	for _, d in ipairs(course.diagnoses) do
		d.labs, d.words = {}, {}
	end
	for _, lab in ipairs(course.labs) do
		course.by_page[lab.page] = lab
		as_set(lab.suspects)
		for _, check in ipairs(lab.checks) do
			as_set(check.suspects)
		end
		for _, id in ipairs(lab.teaches) do
			local d = course.diagnoses[id]
			local words = handout.section(lab.blocks, id)
			if words then
				add(d.labs, lab)
				add(d.words, words)
			end
		end
	end
end

return function(all)
	course = all
	prepare()
	for _, lab in ipairs(course.labs) do
		add_checks(lab)
	end
	add_contents()
	for _, d in ipairs(course.diagnoses) do
		add_diagnosis(d)
	end
end
