-- SPDX-License-Identifier: MIT
-- book.lua - a pandoc filter that makes the whole book, in one language, out of nothing
--
-- book.sh calls it in the course's own directory, with BOOK_LANG (en or zh-CN),
-- BOOK_COURSE (a file: what `grade --list -f json` says, as a Lua table) and
-- BOOK_SOURCES (the files to be shown, a line for each) and BOOK_PICTURES (likewise). What comes out is all
-- pages in one; book.sh cuts them apart.
package.path = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '') .. '?.lua'

local page = require 'page'
local handout = require 'handout'
local w = page.words

local course = dofile(os.getenv('BOOK_COURSE'))
course.sources = {}
for file in os.getenv('BOOK_SOURCES'):gmatch('[^\n]+') do
	table.insert(course.sources, file)
end

-- ---- what is where ----------------------------------------------------------------

-- A link to a handout stays in the language of who links, unless it says Chinese.
local function map_handout(name)
	handout.pages[name .. '.md'] = page.path(name)
	handout.pages[name .. '.zh-CN.md'] = page.path(name, 'zh-CN')
end

handout.pages['README.md'] = page.path('index')
map_handout('labs/GLOSSARY')
for i, lab in ipairs(course.labs) do
	lab.number = lab.lab:match('^%d+')
	lab.name = 'labs/' .. lab.lab .. '/README'
	lab.page, lab.checks_page = page.path(lab.name), page.path('labs/' .. lab.lab .. '/checks')
	lab.before, lab.after = course.labs[i - 1], course.labs[i + 1]
	map_handout(lab.name)
	for _, check in ipairs(lab.checks) do
		check.lab, check.place = lab, lab.checks_page .. '#' .. check.id
		handout.names[check.id] = check.place
	end
	table.insert(page.links, {lab.page, lab.number, lab.lab})
end
for _, d in ipairs(course.diagnoses) do
	d.page = page.path('diagnoses/' .. d.id)
	course.diagnoses[d.id] = d
	handout.names[d.id] = d.page
end
-- A copy of the course for students has none.
course.has_solutions = table.concat(course.sources, '\n'):find('solutions/', 1, true)
course.sources_title = course.has_solutions and w.solutions or w.common
for _, file in ipairs(course.sources) do
	handout.pages[file] = page.path(file)
	if file:match('^common/') then
		handout.names[file] = page.path(file)
		handout.names[file:match('[^/]*$')] = page.path(file)
	end
end
for file in os.getenv('BOOK_PICTURES'):gmatch('[^\n]+') do
	handout.pages[file] = '/' .. file
end
for _, part in ipairs({{'diagnoses/index', w.diagnoses}, {'labs/GLOSSARY', w.glossary},
	{'solutions/index', course.sources_title}}) do
	table.insert(page.links, {page.path(part[1]), part[2]})
end

-- ---- pages that are written as Markdown ---------------------------------------------

local function of_handout(lab)
	return lab and {lab.page, lab.heading}
end

-- Under Frequent mistakes each heading leads to the diagnosis of its name.
local function name_mistakes(lab)
	local out = {}
	for i, block in ipairs(lab.blocks) do
		local d = block.t == 'Header' and course.diagnoses[block.identifier]
		out[i] = block
		if d then
			local words = {table.unpack(block.content)}
			table.insert(words, pandoc.RawInline('html', ' ' ..
				page.anchor(lab.page, d.page, d.id, ' class="named"')))
			out[i] = pandoc.Header(block.level, words, pandoc.Attr(d.id))
		end
	end
	return out
end

local function add_handout(lab)
	local blocks = name_mistakes(lab)
	table.insert(blocks, 2, page.html('<p class="beside">',
		page.anchor(lab.page, lab.checks_page, w.checks_of:format(lab.number)), '</p>'))
	page.add({name = lab.name, title = lab.heading, blocks = blocks, found = true,
		before = of_handout(lab.before), after = of_handout(lab.after)})
end

-- Tables have become more than rows of cells; ours have not.
local function unchanged(it)
	return it
end
local simple = pandoc.utils.to_simple_table or unchanged
local full = pandoc.utils.from_simple_table or unchanged

-- The table of labs as stairs: a step for each row.
local function stairs(table)
	local steps = {}
	for i, row in ipairs(simple(table).rows) do
		local step = {}
		for _, cell in ipairs(row) do
			step[#step + 1] = pandoc.Para(cell[1].content)
		end
		steps[i] = {pandoc.Div(step, pandoc.Attr('', {}, {style = '--step: ' .. i - 1}))}
	end
	return pandoc.Div({pandoc.OrderedList(steps)}, pandoc.Attr('', {'stairs'}))
end

-- The staircase comes first, and what README.md says before it afterwards.
local function add_start(file)
	local intro, first, rest, to = {}, {}, {}, nil
	for _, block in ipairs(handout.read(file)) do
		if block.t == 'Header' and block.level == 2 then
			to = block.identifier == 'the-staircase' and first or rest
		end
		table.insert(to or intro, block)
	end
	for i, block in ipairs(first) do
		first[i] = block.t == 'Table' and stairs(block) or block
	end
	local all = {}
	for _, part in ipairs({intro, first, rest}) do
		for _, block in ipairs(part) do
			all[#all + 1] = block
		end
	end
	page.add({name = 'index', title = w.name, blocks = all, found = true})
end

-- Each term has a place of its own, so that the search can lead there.
local function name_terms(table, path)
	table = simple(table)
	for _, row in ipairs(table.rows) do
		local term = page.plain(row[1][1])
		local id = 'term-' .. term:lower():gsub('[^%w]+', '-')
		row[1] = {pandoc.Plain({pandoc.Span(row[1][1].content, pandoc.Attr(id))})}
		page.find(path, '#' .. id, w.glossary, term .. ' ' .. page.plain(row[2][1]),
			page.plain(row[3][1]))
	end
	return full(table)
end

local function add_glossary()
	local blocks, path = handout.read(w.glossary_file), page.path('labs/GLOSSARY')
	for i, block in ipairs(blocks) do
		blocks[i] = block.t == 'Table' and name_terms(block, path) or block
	end
	page.add({name = 'labs/GLOSSARY', title = w.glossary, blocks = blocks})
end

function Pandoc()
	for _, lab in ipairs(course.labs) do
		lab.blocks = handout.read(lab.name .. w.suffix .. '.md')
		lab.heading = page.plain(lab.blocks[1])
	end
	add_start(w.start_file)
	for _, lab in ipairs(course.labs) do
		add_handout(lab)
	end
	require('diagnoses')(course)
	require('sources')(course)
	add_glossary()
	page.add_index()
	for _, file in ipairs(handout.left_out) do
		io.stderr:write('book: not in the book, shown without its link: ', file, '\n')
	end
	return pandoc.Pandoc(page.out)
end
