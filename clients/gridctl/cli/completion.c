/* completion: the scripts that make TAB ask `gridctl complete-words`. */
#include "clients/gridctl/cli/command.h"

#include <stdio.h>
#include <string.h>

/* A line `WORD<tab>WHAT` each; `:file` and `:dir` are the shell's own affair. */
static const char bash_script[] =
    "# Completion of gridctl in bash. In ~/.bashrc: source <(gridctl completion bash)\n"
    "_gridctl_complete() {\n"
    "\tlocal program=${COMP_WORDS[0]/#\\~/$HOME} word line cur prefix='' joins='' i\n"
    "\tlocal -a typed=()\n"
    "\t# Bash divides words at = and :, gridctl doesn't.\n"
    "\tfor ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]}\n"
    "\t\tword=${word#[\\'\\\"]}\n"
    "\t\tword=${word//\\\\/}\n"
    "\t\tif [[ ${#typed[@]} -gt 0 && ( $joins || $word == [=:] ) ]]; then\n"
    "\t\t\ttyped[-1]+=$word\n"
    "\t\telse\n"
    "\t\t\ttyped+=(\"$word\")\n"
    "\t\tfi\n"
    "\t\t[[ $word == [=:] ]] && joins=1 || joins=''\n"
    "\tdone\n"
    "\tcur=${typed[-1]-}\n"
    "\t[[ $cur == *[=:]* ]] && prefix=${cur%\"${cur##*[=:]}\"}\n"
    "\tCOMPREPLY=()\n"
    "\twhile IFS= read -r line; do\n"
    "\t\tword=${line%%$'\\t'*}\n"
    "\t\tcase $word in\n"
    "\t\t:file) compopt -o filenames 2>/dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"${cur#\"$prefix\"}\") ;;\n"
    "\t\t:dir) compopt -o filenames 2>/dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- \"${cur#\"$prefix\"}\") ;;\n"
    "\t\t*) COMPREPLY+=(\"${word#\"$prefix\"}\") ;;\n"
    "\t\tesac\n"
    "\tdone < <(\"$program\" complete-words -- \"${typed[@]}\" 2>/dev/null)\n"
    "}\n"
    "# The order is the daemon's: the worst case first.\n"
    "complete -o nosort -F _gridctl_complete gridctl 2>/dev/null || complete -F _gridctl_complete gridctl\n";

static const char zsh_script[] =
    "#compdef gridctl\n"
    "# Completion of gridctl in zsh. In ~/.zshrc, behind compinit: source <(gridctl completion zsh)\n"
    "_gridctl() {\n"
    "\tlocal line word what cur=${(Q)PREFIX}\n"
    "\tlocal -a lines known shown other other_shown\n"
    "\tlines=(\"${(@f)$(${~words[1]} complete-words -- \"${(@Q)words[2,CURRENT-1]}\" \"$cur\" 2>/dev/null)}\")\n"
    "\tfor line in $lines; do\n"
    "\t\tword=${line%%$'\\t'*} what=${line#*$'\\t'}\n"
    "\t\tcase $word in\n"
    "\t\t('') ;;\n"
    "\t\t(:file) _files ;;\n"
    "\t\t(:dir) _files -/ ;;\n"
    "\t\t(\"$cur\"*) known+=(\"$word\") shown+=(\"$word${what:+  $what}\") ;;\n"
    "\t\t(*) other+=(\"$word\") other_shown+=(\"$word${what:+  $what}\") ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\t(( $#known )) && compadd -V gridctl -l -d shown -a known\n"
    "\t# Found by name: they stand for what was typed, although they begin otherwise.\n"
    "\tif (( $#other )); then\n"
    "\t\tcompadd -U -V gridctl -l -d other_shown -a other\n"
    "\t\t(( $#other > 1 )) && compstate[insert]=menu\n"
    "\tfi\n"
    "}\n"
    "if [[ ${funcstack[1]-} == _gridctl ]]; then _gridctl \"$@\"; else compdef _gridctl gridctl; fi\n";

int run_completion(struct ctl *ctl) {
	const char *shell = own_str(&ctl->args, "shell");
	if (strcmp(shell, "bash") == 0)
		fputs(bash_script, stdout);
	else if (strcmp(shell, "zsh") == 0)
		fputs(zsh_script, stdout);
	else
		term_error("gridctl completion bash", T("no completion for “%s”; there is for bash and zsh", "没有“%s”的补全，只有 bash 和 zsh"),
		           shell);
	return strcmp(shell, "bash") == 0 || strcmp(shell, "zsh") == 0 ? EXIT_DONE : EXIT_USAGE;
}
