-- SPDX-License-Identifier: MIT
-- svg.lua - draws what diagram.lua has read; the colours are the style sheet's
local diagram = require 'diagram'
local escape = require('page').escape
local step, cell, beside = diagram.step, diagram.cell, diagram.beside

local W, H = 8, 18 -- of a cell, in pixels
local TIP = 7 -- length of an arrow's head

local function put(out, ...)
	out[#out + 1] = string.format(...)
end

local function middle(r, c)
	return (c - 0.5) * W, (r - 0.5) * H
end

local function put_boxes(out, boxes)
	for _, box in ipairs(boxes) do
		local x, y = middle(box.top, box.left)
		local width, height = (box.right - box.left) * W, (box.bottom - box.top) * H
		put(out, '<rect class="%s" x="%g" y="%g" width="%g" height="%g" rx="4"/>',
			box.inside and 'inner' or 'outer', x, y, width, height)
	end
end

local function corner_of(it)
	local a, n = it.arms, 0
	for _ in pairs(a) do
		n = n + 1
	end
	local flat, upright = a.left and 'left' or 'right', a.up and 'up' or 'down'
	if it.line == '+' and n == 2 and a[flat] and a[upright] then
		return flat, upright
	end
end

local function class_of(it, way)
	return it.border[way] and 'border' or it.line == '=' and 'double' or 'wire'
end

-- One path for each kind of line, of pieces that are as long as can be.
local function add_piece(pieces, class, x1, y1, x2, y2)
	local all = pieces[class]
	local last = all[#all]
	if last and last[3] == x1 and last[4] == y1 and (last[1] == x2 or last[2] == y2) then
		last[3], last[4] = x2, y2
	else
		all[#all + 1] = {x1, y1, x2, y2}
	end
end

local function add_arms(pieces, it, r, c, first, second)
	local x, y = middle(r, c)
	local dx, dy = W / 2 * step[second][2], H / 2 * step[second][1]
	local cut = corner_of(it) and W / 2 or 0
	local cx, cy = cut * step[second][2], cut * step[second][1]
	if it.arms[first] and (dx > cx or dy > cy) then
		add_piece(pieces, class_of(it, first), x - dx, y - dy, x - cx, y - cy)
	end
	if it.arms[second] and (dx > cx or dy > cy) then
		add_piece(pieces, class_of(it, second), x + cx, y + cy, x + dx, y + dy)
	end
end

local function round_corner(it, r, c)
	local x, y = middle(r, c)
	local flat, upright = corner_of(it)
	return string.format('M%g,%gQ%g,%g %g,%g', x + step[flat][2] * W / 2, y, x, y,
		x, y + step[upright][1] * W / 2)
end

local function put_lines(out, rows)
	local pieces = {border = {}, wire = {}, double = {}}
	local paths = {border = {}, wire = {}, double = {}}
	for r, row in ipairs(rows) do
		for c, it in ipairs(row) do
			local flat = corner_of(it)
			if flat then
				put(paths[class_of(it, flat)], '%s', round_corner(it, r, c))
			end
			add_arms(pieces, it, r, c, 'left', 'right')
		end
	end
	for c = 1, rows.width do
		for r = 1, #rows do
			add_arms(pieces, cell(rows, r, c), r, c, 'up', 'down')
		end
	end
	for _, class in ipairs({'double', 'wire', 'border'}) do
		for _, p in ipairs(pieces[class]) do
			put(paths[class], 'M%g,%gL%g,%g', table.unpack(p))
		end
		put(out, '<path class="%s" d="%s"/>', class, table.concat(paths[class]))
		if class == 'double' then
			put(out, '<path class="between" d="%s"/>', table.concat(paths[class]))
		end
	end
end

-- From the middle of its cell to the side that it points at, or as far as the
-- line behind that.
local function put_head(out, rows, r, c, way)
	local x, y = middle(r, c)
	local dy, dx = step[way][1], step[way][2]
	local reach = beside(rows, r, c, way).line and 1 or 0.5
	local tx, ty = x + dx * W * reach, y + dy * H * reach
	local bx, by = tx - dx * TIP, ty - dy * TIP
	put(out, '<path class="wire" d="M%g,%gL%g,%g"/>', x, y, bx, by)
	put(out, '<path class="head" d="M%g,%gL%g,%gL%g,%gZ"/>', tx, ty,
		bx + dy * TIP / 2, by + dx * TIP / 2, bx - dy * TIP / 2, by - dx * TIP / 2)
end

-- Words with one space between them are one text, as wide as its cells in
-- whatever font it is shown.
local function put_texts(out, rows, r)
	local line = {}
	for c, it in ipairs(rows[r]) do
		line[c] = (it.line or it.head) and ' \0' or it.c
	end
	local from, words = 1, ''
	for c = 1, #line + 2 do
		local this, next = line[c] or ' ', line[c + 1] or ' '
		if words ~= '' and (#this > 1 or this == ' ' and next:match('^ ')) then
			put(out, '<text x="%g" y="%g" textLength="%g">%s</text>', (from - 1) * W,
				r * H - 5, utf8.len(words) * W, escape(words))
			words = ''
		elseif words ~= '' or this:match('^[^ ]') then
			from = words == '' and c or from
			words = words .. this
		end
	end
end

-- The drawing as an SVG element, called `label` for those who cannot see it.
return function(text, label)
	local rows, boxes = diagram.read(text)
	local out = {}
	put(out, '<svg role="img" aria-label="%s" width="%g" height="%g" viewBox="0 0 %g %g">',
		escape(label), rows.width * W, #rows * H, rows.width * W, #rows * H)
	put_boxes(out, boxes)
	put_lines(out, rows)
	for r, row in ipairs(rows) do
		for c, it in ipairs(row) do
			if it.head then
				put_head(out, rows, r, c, it.head)
			end
		end
		put_texts(out, rows, r)
	end
	put(out, '</svg>')
	return table.concat(out, '\n')
end
