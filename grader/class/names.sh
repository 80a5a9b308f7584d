# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# names.sh - whose submission this is, by the name that a platform has given it; class.sh sources it.
#
#   know ENTRY          sets id, name, platform and number from an entry's name
#   list_students DIR   the lines of students.tsv, each with an id of its own
#
# An id is a file's name for a person's: letters and digits of any language, and
# no spaces. It must not depend on who else is there, so what repeats in a
# class, like the assignment in GitHub Classroom's names, is left in.

is_archive() {
	case ${1,,} in
	*.zip | *.tar | *.tar.gz | *.tgz) ;;
	*) false ;;
	esac
}

without_suffix() {
	local bare=${1%.*}
	if is_archive "$1"; then printf '%s' "${bare%.[tT][aA][rR]}"; else printf '%s' "$1"; fi
}

know() {
	local entry=$1
	number=- platform=-
	if [[ $entry =~ ^(.+)_([0-9]+)_assignsubmission_(file|onlinetext) ]]; then
		platform=moodle name=${BASH_REMATCH[1]} number=${BASH_REMATCH[2]}
	elif [[ $entry =~ ^(LATE_)?([^_]+)(_LATE)?_([0-9]+)_([0-9]+)_. ]]; then
		platform=canvas name=${BASH_REMATCH[2]} number=${BASH_REMATCH[4]}
	elif [[ $entry =~ ^submission_([0-9]+)(\.|$) ]]; then
		platform=gradescope name=$(without_suffix "$entry")
	else
		name=$(without_suffix "$entry")
	fi
	name=${name//[[:cntrl:]]/?}
	id=$name
	[ "$number" = - ] || id+=_$number
	id=${id//[^[:alnum:]._-]/-}
	id=${id:0:60}
	[[ $id != [.-]* ]] || id=_$id
}

# A name twice is told apart by what was handed in, not by its place in the list.
list_students() {
	local dir=$1 path entry id name platform number
	local -A times
	local -a lines
	for path in "$dir"/*; do
		entry=${path##*/}
		if [ ! -d "$path" ] && ! { [ -f "$path" ] && is_archive "$entry"; }; then
			[[ $entry == *metadata.y*ml ]] || say "left out, neither a folder nor an archive: $(printable <<<"$entry")"
			continue
		fi
		know "$entry"
		times[${id,,}]=$((${times[${id,,}]:-0} + 1))
		lines+=("$id"$'\t'"$name"$'\t'"$platform"$'\t'"$number"$'\t'"$entry")
	done
	for path in "${lines[@]}"; do
		id=${path%%$'\t'*} entry=${path##*$'\t'}
		[ "${times[${id,,}]}" -eq 1 ] || path=$id.$(id_in_short "$entry")$'\t'${path#*$'\t'}
		printf '%s\n' "$path"
	done
}

id_in_short() { sha256sum <<<"$1" | head -c 8; }
