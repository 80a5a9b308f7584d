# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what is shared with class.sh
# SPDX-License-Identifier: MIT
# collect.sh - a submission's own files out of a folder or an archive; class.sh sources it.
#
#   collect FROM TO     the labs' files in FROM to TO/labs/; else sets $refused to one line
#
# Nothing is unpacked. What an archive says it holds is read, the labs' files in
# it are chosen by their names, and the bytes of just these are written, to names
# of ours. So links, devices, absolute paths and `..` in it have nothing to act
# upon. bsdtar does this in bubblewrap, as nobody where we are root, with little
# time, memory and output: a bomb is cut short.

unpack_seconds=${CLASS_UNPACK_SECONDS:-10}
source_bytes_max=1048576 # as in grader/stage.h

confinement=(bwrap --unshare-all --die-with-parent --new-session --cap-drop ALL --clearenv
	--ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin
	--proc /proc --dev /dev --tmpfs /tmp --setenv PATH /usr/bin --setenv LC_ALL C.UTF-8 --)
[ "$(id -u)" -ne 0 ] || confinement=(setpriv --reuid=65534 --regid=65534 --clear-groups -- "${confinement[@]}")

confined() { timeout $((unpack_seconds * 6)) "${confinement[@]}" "$@"; }

# stdin is the archive, so that nobody needs a right to open it.
read_archive() {
	(
		ulimit -t "$unpack_seconds" -v 1048576 -c 0
		confined bsdtar "$@"
	) 2>"$work/why"
}

list_archive() {
	read_archive -cf - --format=mtree --options='!all,type,size' @- <"$1" | head -c 8388608 |
		awk '$2 ~ /^type=/ {
			type = $2 == "type=file" ? "f" : $2 == "type=link" ? "l" : "-"
			if ($2 != "type=dir") print type, substr($3, 6) + 0, $1
		}'
	return "${PIPESTATUS[0]}"
}

list_folder() {
	find "$1" -maxdepth 5 \( -name .git -o -name $'*[\x01-\x1f]*' \) -prune -o \
		-name '*.c' ! -type d -printf '%y %s %P\n'
}

# bsdtar takes a name for a pattern; its list has octal for what is not plain.
name_in_archive() {
	local name
	printf -v name '%b' "${1//\\/\\0}"
	printf '%s' "${name//[\\*?\[]/\\&}"
}

take() {
	local from=$1 path=$2 to=$3 status
	if [ -d "$from" ]; then
		cp --no-dereference -- "$from/$path" "$to" 2>"$work/why"
		return
	fi
	read_archive -xOf - --fast-read -- "$(name_in_archive "$path")" <"$from" | head -c $((source_bytes_max + 1)) >"$to"
	status=${PIPESTATUS[0]}
	[ "$(stat -c %s "$to")" -le "$source_bytes_max" ] || { echo "larger than $source_bytes_max bytes" >"$work/why"; return 1; }
	return "$status"
}

# A folder that holds an archive, as Moodle's do, stands for it.
archive_in() {
	local path found=()
	for path in "$1"/*; do
		[ -L "$path" ] || [ ! -f "$path" ] || ! is_archive "$path" || found+=("$path")
	done
	[ ${#found[@]} -eq 1 ] && printf '%s' "${found[0]}"
}

collect() {
	local from=$1 to=$2 list=list_archive inner file path
	refused=''
	if [ -d "$from" ]; then list=list_folder; fi
	if ! "$list" "$from" >"$work/list"; then
		refused="cannot be read: $(unreadable)"
		return
	fi
	awk -v wanted="$wanted" -f grader/class/choose.awk "$work/list" >"$work/chosen"
	read -r -d '' file <"$work/chosen"
	if [[ $file == '! holds '* ]] && inner=$(archive_in "$from"); then
		collect "$inner" "$to"
		return
	fi
	[[ $file != '! '* ]] || { refused=${file#! }; return; }
	while IFS=$'\t' read -r file path; do
		[ -d "$to/labs/${file%/*}" ] || mkdir -p "$to/labs/${file%/*}"
		take "$from" "$path" "$to/labs/$file" && continue
		refused="$file cannot be read: $(unreadable)"
		return
	done <"$work/chosen"
}

unreadable() {
	local why
	why=$(printable <"$work/why")
	printf '%s' "${why:-more than $unpack_seconds s of work to unpack}"
}
