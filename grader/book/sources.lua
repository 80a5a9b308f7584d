-- SPDX-License-Identifier: MIT
-- sources.lua - the solutions and what programs may use, line by line
local page = require 'page'
local w = page.words
local html, heading, escape = page.html, page.heading, page.escape

local function listing(file)
	local classes = {'c', 'numberLines', 'lineAnchors'}
	return pandoc.CodeBlock(page.slurp(file), pandoc.Attr('L', classes))
end

-- The line that each file opens with, after its name.
local function summary(file)
	return page.slurp(file):match('/%* [%w_.]+ %- (.-) *%*/') or ''
end

local function item(path, file)
	local name = '<code>' .. escape(file) .. '</code>'
	return '<li>' .. page.anchor(path, page.path(file), name) .. ' <span lang="en">' ..
		escape(summary(file)) .. '</span></li>'
end

local function add_source(file, lab)
	local blocks = {heading(1, '<code>' .. escape(file) .. '</code>', 'top'),
		html('<p lang="en">', escape(summary(file)), '</p>')}
	if lab then
		local to_handout = page.anchor(page.path(file), lab.page, escape(lab.heading))
		table.insert(blocks, html('<p class="beside">', to_handout,
			'</p><details class="spoiler"><summary>', w.spoiler, '</summary>'))
	end
	table.insert(blocks, listing(file))
	if lab then
		table.insert(blocks, html('</details>'))
	else
		page.find(page.path(file), '', 'common/', file, summary(file))
	end
	page.add({name = file, title = file, blocks = blocks})
end

local function list(path, title, id, files)
	return heading(2, title, id), html('<ul>', table.concat(files, '\n'), '</ul>')
end

return function(course)
	local path, blocks = page.path('solutions/index'), {}
	local function put(...)
		for _, block in ipairs({...}) do
			blocks[#blocks + 1] = block
		end
	end
	put(heading(1, course.sources_title, 'top'))
	if course.has_solutions then
		put(html('<p>', w.solutions_say, '</p>'))
	end
	for _, lab in ipairs(course.labs) do
		local items = {}
		for _, file in ipairs(course.sources) do
			if file:find('solutions/' .. lab.lab .. '/', 1, true) == 1 then
				items[#items + 1] = item(path, file)
				add_source(file, lab)
			end
		end
		if #items > 0 then
			put(list(path, escape(lab.heading), 'lab-' .. lab.number, items))
		end
	end
	local items = {}
	for _, file in ipairs(course.sources) do
		if file:match('^common/') then
			items[#items + 1] = item(path, file)
			add_source(file)
		end
	end
	put(list(path, w.common, 'common', items))
	page.add({name = 'solutions/index', title = course.sources_title, blocks = blocks})
end
