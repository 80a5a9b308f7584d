-- SPDX-License-Identifier: MIT
-- handout.lua - reads the course's Markdown: its anchors, links, drawings, and what was typed
local page = require 'page'
local diagram = require 'diagram'
local svg = require 'svg'
local w = page.words

local handout = {
	pages = {}, -- the book's page, by a file's name in the repository
	names = {}, -- where in the book a name is explained that stands in `code`
	left_out = {}, -- files that are linked to and are not in the book
}

-- pandoc before 2.10 has these in gfm only; later ones would take what stands
-- between two dollars in gfm for a formula.
local minor = tonumber(tostring(PANDOC_VERSION):match('^2%.(%d+)')) or 99
local format = minor < 10 and 'gfm' or
	'commonmark+gfm_auto_identifiers+pipe_tables+autolink_bare_uris'

-- ---- HTML in a handout ------------------------------------------------------------

local allowed = {details = true, summary = true}

-- What folds is meant as HTML, everything else as it stands there.
local function harmless(html)
	return (page.escape(html):gsub('&lt;(/?)(%a+)&gt;', function(slash, tag)
		return allowed[tag] and '<' .. slash .. tag .. '>'
	end))
end

local function anchor_of(block)
	if block.t == 'Para' and #block.content == 2 and block.content[1].t == 'RawInline' and
		block.content[2].text == '</a>' then
		return block.content[1].text:match('^<a id="([%w_-]+)">$')
	end
end

-- The explicit anchor above a heading becomes the heading's own, and a drawing
-- is called by the heading above it.
local function take_anchors(blocks)
	local out, anchor, heading = {}, nil, nil
	for _, block in ipairs(blocks) do
		if block.t == 'Header' then
			block.identifier = anchor or block.identifier
			heading = page.plain(block)
		elseif block.t == 'CodeBlock' then
			block.attributes.below = heading
		end
		anchor = anchor_of(block)
		if not anchor then
			out[#out + 1] = block
		end
	end
	return out
end

-- ---- links ------------------------------------------------------------------------

local function join(folder, target)
	local parts = {}
	for part in (folder .. target):gmatch('[^/]+') do
		if part == '..' then
			parts[#parts] = nil
		elseif part ~= '.' then
			parts[#parts + 1] = part
		end
	end
	return table.concat(parts, '/')
end

local function place_of(path, file)
	return path == '' and file or join(file:match('^.*/') or '', path)
end

-- To other sites it stays; our own, from names in code, is right already.
local function settle(link, file)
	local path, anchor = link.target:match('^([^#]*)(.*)$')
	local wanted = place_of(path, file)
	if link.target:match('^%a+:') or link.target:match('^/') then
		return link
	elseif handout.pages[wanted] then
		link.target = handout.pages[wanted] .. anchor
		return link
	end
	handout.left_out[#handout.left_out + 1] = file .. ': ' .. wanted
	return pandoc.Span(link.content, pandoc.Attr('', {'file'}, {title = wanted}))
end

-- A picture that is not in the book leaves its words.
local function settle_picture(image, file)
	local wanted = place_of(image.src, file)
	if handout.pages[wanted] then
		image.src = handout.pages[wanted]
		return image
	end
	handout.left_out[#handout.left_out + 1] = file .. ': ' .. wanted
	return pandoc.Span(image.caption, pandoc.Attr('', {'file'}, {title = wanted}))
end

local function explain(code)
	local target = handout.names[code.text]
	return target and pandoc.Link({code}, target)
end

local function without_links(inlines)
	return pandoc.walk_block(pandoc.Plain(inlines), {
		Link = function(link)
			return link.content
		end,
	}).content
end

-- ---- blocks -----------------------------------------------------------------------

-- Nothing but the commands is to be had when it is copied.
local function console(text)
	local lines = {}
	for line in (text .. '\n'):gmatch('([^\n]*)\n') do
		lines[#lines + 1] = page.escape(line):gsub('^(%$ )(.*)',
			'<span class="prompt" aria-hidden="true">%1</span><b>%2</b>')
	end
	return page.html('<pre class="console"><code>', table.concat(lines, '\n'), '</code></pre>')
end

local function drawing(text, heading)
	return page.html('<figure class="drawing"><div class="scroll">',
		svg(text, w.drawing:format(heading)), '</div><details><summary>', w.as_text,
		'</summary><pre>', page.escape(text), '</pre></details></figure>')
end

local function code_block(code)
	if code.classes[1] == 'console' then
		return console(code.text)
	elseif not code.classes[1] and diagram.is_one(code.text) then
		return drawing(code.text, code.attributes.below or '')
	end
	code.attributes.below = nil
	return code
end

local function scrolling(block)
	return {page.html('<div class="scroll">'), block, page.html('</div>')}
end

local function paragraph(para)
	return #para.content == 1 and para.content[1].t == 'Image' and scrolling(para) or nil
end

-- ---- a file -----------------------------------------------------------------------

local function rework(blocks, file)
	blocks = pandoc.walk_block(pandoc.Div(blocks), {
		RawBlock = function(raw)
			return page.html(harmless(raw.text))
		end,
		RawInline = function(raw)
			return pandoc.Str(raw.text)
		end,
		Code = explain,
		CodeBlock = code_block,
		Table = scrolling,
		Para = paragraph,
	}).content
	return pandoc.walk_block(pandoc.Div(blocks), {
		Link = function(link)
			link.content = without_links(link.content)
			return settle(link, file)
		end,
		Image = function(image)
			return settle_picture(image, file)
		end,
		Header = function(h)
			h.content = without_links(h.content)
			return h
		end,
	}).content
end

function handout.read(file)
	local blocks = pandoc.read(page.slurp(file), format).blocks
	return rework(take_anchors(blocks), file)
end

-- The blocks between a heading and the next, by the heading's anchor; and the
-- heading itself.
function handout.section(blocks, anchor)
	local found, heading = {}, nil
	for _, block in ipairs(blocks) do
		if block.t == 'Header' then
			if heading then
				break
			end
			heading = block.identifier == anchor and block or nil
		elseif heading then
			found[#found + 1] = block
		end
	end
	return heading and found, heading
end

return handout
