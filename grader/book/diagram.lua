-- SPDX-License-Identifier: MIT
-- diagram.lua - reads a drawing made of characters: what in it is a line, an arrow, a box, a word

--[[
Every character is a cell. One that belongs to a line has arms, from its middle
to some of its four sides, and what is drawn (svg.lua) follows from them: lines
along arms that go on in each other, a round corner where a + has two, boxes where
arms lead all the way round. What is no line is text.

The tools that exist were tried on the handouts' drawings: aafigure and ditaa take
letters and colons for lines, GoAT takes an o in a word for a circle and is to be
had as source only, and Svgbob is no package of Debian.
]]
local diagram = {}

local step = {up = {-1, 0}, down = {1, 0}, left = {0, -1}, right = {0, 1}}
local opposite = {up = 'down', down = 'up', left = 'right', right = 'left'}
local heads = {['<'] = 'left', ['>'] = 'right', ['^'] = 'up', v = 'down'}
local nothing = {c = ' ', arms = {}, border = {}}

-- Rows of cells, each with its character c.
local function cells_of(drawing)
	local rows = {width = 0}
	for line in (drawing .. '\n'):gmatch('([^\n]*)\n') do
		local row = {}
		for _, code in utf8.codes(line) do
			row[#row + 1] = {c = utf8.char(code), arms = {}, border = {}}
		end
		rows[#rows + 1] = row
		rows.width = math.max(rows.width, #row)
	end
	return rows
end

local function cell(rows, r, c)
	return rows[r] and rows[r][c] or nothing
end

local function beside(rows, r, c, way)
	return cell(rows, r + step[way][1], c + step[way][2])
end

local function is_word(it)
	return it.c:match('[%w_.]') ~= nil
end

-- ---- what is a line ----------------------------------------------------------

-- Two dashes or more, or one that leads to an arrow's head or to another line;
-- but none that touches a word, as those of rwxr-xr-x do.
local function find_dashes(rows, r)
	local row, c = rows[r], 1
	while c <= #row do
		local dash, last = row[c].c, c
		if dash == '-' or dash == '=' then
			while cell(rows, r, last + 1).c == dash do
				last = last + 1
			end
			local before, after = cell(rows, r, c - 1), cell(rows, r, last + 1)
			local joins = last > c or before.c:match('[<+|]') or after.c:match('[>+|]')
			local apart = not is_word(before) and not is_word(after)
			for i = c, joins and apart and last or 0 do
				row[i].line = dash
			end
		end
		c = last + 1
	end
end

-- The others are what they are by what stands around them.
local function find_others(rows, r)
	for c, it in ipairs(rows[r]) do
		local up, down = beside(rows, r, c, 'up'), beside(rows, r, c, 'down')
		local left, right = beside(rows, r, c, 'left'), beside(rows, r, c, 'right')
		local in_word = is_word(left) or is_word(right)
		local flat = it.c == '>' and left.line or it.c == '<' and right.line
		local upright = it.c == 'v' and up.c:match('[|+]') or it.c == '^' and down.c:match('[|+]')
		if it.c == '+' and not in_word then
			it.line = (left.line or right.line or up.c == '|' or down.c == '|') and '+'
		elseif it.c == '|' then
			it.line = (left.line or right.line or up.line or down.line or
				up.c:match('[|+^]') or down.c:match('[|+v]')) and '|'
		elseif flat or upright and not in_word then
			it.head = heads[it.c]
		end
	end
end

-- Text has a space or two between an arrow and a box; a drawing needs none.
local function close_gap(rows, r, c, way)
	local it, dx, gap = cell(rows, r, c), step[way][2], 0
	local line = it.line or beside(rows, r, c, opposite[way]).line
	while gap < 4 and cell(rows, r, c + dx * (gap + 1)).c == ' ' do
		gap = gap + 1
	end
	if gap == 0 or gap == 4 or cell(rows, r, c + dx * (gap + 1)).line ~= '|' then
		return
	end
	for i = 0, gap do
		rows[r][c + dx * i].line = line
	end
	if it.head then
		local last = rows[r][c + dx * gap]
		it.head, last.head, last.line = nil, it.head, nil
	end
end

local function close_gaps(rows, r)
	for c, it in ipairs(rows[r]) do
		local flat = it.line == '-' or it.line == '='
		for _, way in ipairs({'left', 'right'}) do
			if flat or it.head == way then
				close_gap(rows, r, c, way)
			end
		end
	end
end

-- A + reaches for what leads to it, and whoever is reached for reaches back:
-- so lines cross, and end at the borders of boxes.
local function give_arms(rows, r)
	for c, it in ipairs(rows[r]) do
		for way in pairs(step) do
			local there = beside(rows, r, c, way)
			local flat = way == 'left' or way == 'right'
			local along = flat and (there.line == '-' or there.line == '=') or
				not flat and there.line == '|'
			if it.line == '+' then
				it.arms[way] = along or there.head == way or nil
			elseif it.line then
				it.arms[way] = (it.line == '|') ~= flat or nil
			elseif it.head then
				it.arms[way] = way == opposite[it.head] or nil
			end
		end
	end
end

local function reach_back(rows, r)
	for c, it in ipairs(rows[r]) do
		for way in pairs(it.arms) do
			local there = beside(rows, r, c, way)
			if there.line then
				there.arms[opposite[way]] = true
			end
		end
	end
end

-- ---- boxes -------------------------------------------------------------------

-- Where a walk from a corner may turn: at each + that has an arm to that side.
local function turns(rows, r, c, way, side)
	local found = {}
	while cell(rows, r, c).arms[way] and beside(rows, r, c, way).arms[opposite[way]] do
		r, c = r + step[way][1], c + step[way][2]
		if cell(rows, r, c).line == '+' and cell(rows, r, c).arms[side] then
			found[#found + 1] = {r = r, c = c}
		end
	end
	return found
end

-- The smallest box with its upper left corner here.
local function box_at(rows, top, left)
	for _, right in ipairs(turns(rows, top, left, 'right', 'down')) do
		for _, bottom in ipairs(turns(rows, top, left, 'down', 'right')) do
			local down, along = false, false
			for _, at in ipairs(turns(rows, top, right.c, 'down', 'left')) do
				down = down or at.r == bottom.r
			end
			for _, at in ipairs(turns(rows, bottom.r, left, 'right', 'up')) do
				along = along or at.c == right.c
			end
			if down and along then
				return {top = top, left = left, bottom = bottom.r, right = right.c}
			end
		end
	end
end

local function mark_borders(rows, box)
	for c = box.left, box.right - 1 do
		for _, r in ipairs({box.top, box.bottom}) do
			cell(rows, r, c).border.right, cell(rows, r, c + 1).border.left = true, true
		end
	end
	for r = box.top, box.bottom - 1 do
		for _, c in ipairs({box.left, box.right}) do
			cell(rows, r, c).border.down, cell(rows, r + 1, c).border.up = true, true
		end
	end
end

local function find_boxes(rows)
	local boxes = {}
	for r, row in ipairs(rows) do
		for c, it in ipairs(row) do
			local box = it.line == '+' and box_at(rows, r, c)
			if box then
				for _, outer in ipairs(boxes) do
					box.inside = box.inside or outer.bottom > box.bottom and
						outer.left < box.left and outer.right > box.right
				end
				boxes[#boxes + 1] = box
				mark_borders(rows, box)
			end
		end
	end
	return boxes
end

-- ---- what others see ---------------------------------------------------------

diagram.step, diagram.cell, diagram.beside = step, cell, beside

function diagram.is_one(text)
	return text:find('%-%-%-') ~= nil or text:find('%->') ~= nil
end

-- Rows of cells and the boxes around them. Of a cell: its character c; its `line`
-- or the `head` of an arrow, with the direction it points to; its arms, and which
-- of them are the `border` of a box. A box knows its rows and columns, and whether
-- it is `inside` another.
function diagram.read(text)
	local rows = cells_of(text)
	for _, pass in ipairs({find_dashes, find_others, close_gaps, give_arms, reach_back}) do
		for r = 1, #rows do
			pass(rows, r)
		end
	end
	return rows, find_boxes(rows)
end

return diagram
