-- SPDX-License-Identifier: MIT
-- page.lua - pages: the frame around a text, its contents, its links, and what can be searched for
local words = require 'words'

local page = {
	lang = os.getenv('BOOK_LANG'),
	out = {}, -- blocks: all pages, one after the other
	index = {}, -- of what can be searched for
	links = {}, -- {path, text, title} in the line at the top of each page
}
local w = words[page.lang]
page.words = w

local entities = {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;'}
local characters = {}
for c, entity in pairs(entities) do
	characters[entity] = c
end
function page.escape(s)
	return (s:gsub('[&<>"]', entities))
end
local escape = page.escape

-- The grader's own words; what stands between `...` is code.
function page.prose(s)
	return (escape(s):gsub('`([^`]*)`', '<code>%1</code>'))
end

function page.html(...)
	return pandoc.RawBlock('html', table.concat({...}))
end

function page.heading(level, html, id)
	return pandoc.Header(level, {pandoc.RawInline('html', html)}, pandoc.Attr(id))
end

function page.slurp(path)
	local file = assert(io.open(path))
	local all = file:read('a')
	file:close()
	return all
end

local here = PANDOC_SCRIPT_FILE:match('^(.*/)') or './'
local frame = page.slurp(here .. 'page.html')

-- Where in the book a page of this name is: "labs/03-fork/README" and so on.
function page.path(name, lang)
	return '/' .. name .. words[lang or page.lang].suffix .. '.html'
end

local function root_of(path)
	return ('../'):rep(select(2, path:gsub('/', '')) - 1)
end

-- Links are kept as they are seen from the top of the book, "/labs/...", until
-- it is known where they stand.
function page.relative(target, path)
	if target:sub(1, 1) ~= '/' then
		return target
	end
	if target:sub(1, #path + 1) == path .. '#' then
		return target:sub(#path + 1)
	end
	local folder = path:match('^/[^/]+/')
	while folder and target:sub(1, #folder) == folder do
		path, target = path:sub(#folder), target:sub(#folder)
		folder = path:match('^/[^/]+/')
	end
	return root_of(path) .. target:sub(2)
end

local function settle_links(blocks, path)
	return pandoc.walk_block(pandoc.Div(blocks), {
		Link = function(link)
			link.target = page.relative(link.target, path)
			return link
		end,
		Image = function(image)
			image.src = page.relative(image.src, path)
			return image
		end,
	}).content
end

function page.anchor(path, target, html, attributes)
	return ('<a href="%s"%s%s>%s</a>'):format(escape(page.relative(target, path)),
		target == path and ' aria-current="page"' or '', attributes or '', html)
end
local anchor = page.anchor

local function links_at_top(path)
	local items = {}
	for _, link in ipairs(page.links) do
		local title = link[3] and ' title="' .. escape(link[3]) .. '"'
		items[#items + 1] = anchor(path, link[1], link[2], title)
	end
	return table.concat(items, '\n')
end

local function words_in(html)
	return (html:gsub('<[^>]*>', ''):gsub('&%a+;', characters))
end

-- The words alone. Of our own HTML: without what is only beside a heading.
local function plain(element)
	return pandoc.utils.stringify(pandoc.walk_block(pandoc.Div({element}), {
		RawInline = function(raw)
			local heading = raw.text:gsub('<small>.*</small>', '')
			return pandoc.Str(words_in((heading:gsub('<a [^>]*class="named".*', ''))))
		end,
	}))
end
page.plain = plain

-- ---- the contents of a page -----------------------------------------------------

local function headers(blocks)
	local found = {}
	pandoc.walk_block(pandoc.Div(blocks), {
		Header = function(h)
			found[#found + 1] = h
		end,
	})
	return found
end

local function contents(blocks)
	local out, level = {}, 1
	for _, h in ipairs(headers(blocks)) do
		if (h.level == 2 or h.level == 3 and level > 1) and h.identifier ~= '' then
			local close = ('</li></ul>'):rep(level - h.level) .. '</li>'
			out[#out + 1] = h.level > level and '<ul>' or close
			out[#out + 1] = '<li>' .. anchor('', '#' .. h.identifier, escape(plain(h)))
			level = h.level
		end
	end
	if #out == 0 then
		return ''
	end
	return table.concat({'<nav class="contents" aria-label="', w.contents,
		'"><details open="open"><summary>', w.contents, '</summary>',
		table.concat(out, '\n'), ('</li></ul>'):rep(level - 1), '</details></nav>'})
end

-- ---- the index ------------------------------------------------------------------

local function string_of(s)
	return '"' .. s:gsub('[%c"\\<]', function(c)
		return ('\\u%04x'):format(c:byte())
	end) .. '"'
end

-- An entry: where it is, the page's title, its own, and its words.
function page.find(path, target, title, heading, text)
	page.index[#page.index + 1] = ('[%s,%s,%s,%s]'):format(string_of((path .. target):sub(2)),
		string_of(title), string_of(heading), string_of(text:gsub('%s+', ' ')))
end

-- Words of different paragraphs and cells do not touch.
local function text_of(block)
	local parts = {}
	local function take(it)
		parts[#parts + 1] = plain(it)
	end
	pandoc.walk_block(pandoc.Div({block}), {
		Plain = take, Para = take,
		CodeBlock = function(code)
			parts[#parts + 1] = code.text
		end,
		RawBlock = function(raw)
			parts[#parts + 1] = words_in(raw.text:gsub('<svg.-</svg>', ''))
		end,
	})
	return table.concat(parts, ' ')
end

-- A section is what stands between two headings.
local function index_sections(path, title, blocks)
	local heading, target, text = title, '', {}
	local function close()
		page.find(path, target, title, heading, table.concat(text, ' '))
		text = {}
	end
	for _, block in ipairs(blocks) do
		if block.t == 'Header' then
			close()
			heading, target = plain(block), '#' .. block.identifier
		else
			text[#text + 1] = text_of(block)
		end
	end
	close()
end

-- ---- the page -------------------------------------------------------------------

-- Everything goes through pandoc's writer in one go; book.sh cuts it apart here.
local function begin_file(path)
	page.out[#page.out + 1] = page.html('<!--file ', path:sub(2), '-->')
end

local function fill(path, values)
	return (frame:gsub('%$([a-z_]+)%$', function(name)
		return values[name] or escape(w[name])
	end))
end

local function around(path, before, after)
	if not before and not after then
		return ''
	end
	local out = {'<nav class="around" aria-label="', w.around, '"><span>'}
	if before then
		out[#out + 1] = anchor(path, before[1], '← ' .. escape(before[2]), ' rel="prev"')
	end
	out[#out + 1] = '</span>'
	if after then
		out[#out + 1] = anchor(path, after[1], escape(after[2]) .. ' →', ' rel="next"')
	end
	return table.concat(out) .. '</nav>'
end

-- p: name, title, blocks, and perhaps before and after ({path, words}), and
-- whether its text is to be `found`.
function page.add(p)
	local path = page.path(p.name)
	local twin = page.relative(page.path(p.name, w.other_lang), path)
	local all = fill(path, {
		lang = page.lang, root = root_of(path), title = escape(p.title),
		home = page.relative(page.path('index'), path), twin = escape(twin),
		links = links_at_top(path),
		contents = contents(p.blocks), text = '$text$',
		around = around(path, p.before, p.after),
	})
	local first, last = all:find('$text$', 1, true)
	begin_file(path)
	page.out[#page.out + 1] = page.html(all:sub(1, first - 1))
	for _, block in ipairs(settle_links(p.blocks, path)) do
		page.out[#page.out + 1] = block
	end
	page.out[#page.out + 1] = page.html(all:sub(last + 1))
	if p.found then
		index_sections(path, p.title, p.blocks)
	end
end

function page.add_index()
	begin_file('/search' .. w.suffix .. '.js')
	page.out[#page.out + 1] = page.html('found([\n', table.concat(page.index, ',\n'), '\n]);')
end

return page
