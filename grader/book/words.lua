-- SPDX-License-Identifier: MIT
-- words.lua - what the book says of its own, in both languages
local words = {}

words.en = {
	suffix = '', -- of a page's name
	start_file = 'README.md', glossary_file = 'labs/GLOSSARY.md',
	name = 'Network and IPC programming in C',
	skip = 'Skip to the text', book = 'The book', contents = 'On this page',
	around = 'Before and after', other = '中文', other_lang = 'zh-CN',
	search = 'Search', search_hint = 'Search, or press /',
	found = '%d found', found_none = 'Nothing found',
	stop = '.', diagnoses = 'Diagnoses', glossary = 'Glossary', solutions = 'Solutions',
	drawing = 'Drawing: %s', as_text = 'The drawing as text',
	checks_of = 'What is checked in lab %s',
	checks_say = 'The grader tries each of these claims on your running program. A hint is' ..
		' a question: think about it before you read on.',
	points = '%d points', hint = 'Hint', looks_for = 'Where it fails it is often:',
	diagnoses_say = 'The mistakes that the grader knows by name. It says so only when it has ' ..
		'found evidence: it has tried it on the running program, or read it from ' ..
		'what the system knows.',
	by_lab = 'By lab', alphabetically = 'Alphabetically', taught_in = 'taught in lab',
	handouts_say = 'What the handouts say', how_it_looks = 'How it looks',
	seen_in = 'seen in lab %s', asked_by = 'Checks that look for it',
	asked_by_all = 'Every check of these labs looks for it:',
	no_handout = 'No handout tells of it: it is the name for what has none.',
	solutions_say = 'One way to do it for each lab, finished. You learn nothing from reading ' ..
		'one too early, and a lot from comparing it with yours. <code>make diff ' ..
		'LAB=03</code> shows both side by side.',
	spoiler = 'This is the solution. Have you tried? Then show it.',
	common = 'common/: what your programs may use',
}

words['zh-CN'] = {
	suffix = '.zh-CN',
	start_file = 'grader/book/start.zh-CN.md', glossary_file = 'labs/GLOSSARY.zh-CN.md',
	name = 'C 语言网络与进程间通信编程',
	skip = '跳到正文', book = '全书', contents = '本页内容', around = '前后页',
	other = 'English', other_lang = 'en', search = '搜索', search_hint = '搜索，或按 /',
	found = '找到 %d 处', found_none = '没有找到',
	stop = '。', diagnoses = '诊断', glossary = '术语表', solutions = '参考答案',
	drawing = '示意图：%s', as_text = '文字版示意图',
	checks_of = '实验 %s 的检查项',
	checks_say = '评测程序会在你正在运行的程序上逐条试验下面的要求。提示是一个问题，先想一想再往下读。',
	points = '%d 分', hint = '提示', looks_for = '失败时常见的原因：',
	diagnoses_say = '评测程序叫得出名字的错误。只有找到了证据，它才会这样说：在运行中的程序上做过试验，或者从系统那里读到了。',
	by_lab = '按实验', alphabetically = '按字母顺序', taught_in = '讲解于实验',
	handouts_say = '讲义怎么说', how_it_looks = '看起来是什么样', seen_in = '见实验 %s',
	asked_by = '会查找它的检查项', asked_by_all = '这些实验的每个检查项都会查找它：',
	no_handout = '没有哪份讲义讲它：它是“还没有名字”的名字。',
	solutions_say = '每个实验的一种写法，已经完成。看得太早学不到东西，和自己写的对照着看才有收获。<code>make diff LAB=03</code> 把两者并排显示。',
	spoiler = '这是参考答案。自己试过了吗？试过了就展开。',
	common = 'common/：你的程序可以使用的东西',
}

return words
