#!/bin/sh
# Every chat template under $SHARED renders as Python's transformers renders it (digests: tools/parity/render_templates.py),
# and under each of them the assistant's answers are learned and nothing else.
set -eu
templates="$SHARED/chat_templates:$SHARED/tokenizers"
mvn -q -B -o -pl model -am test -Dtest=TemplateAgreement,RealTemplates -Dsurefire.failIfNoSpecifiedTests=false \
  -Dhone.templates="$templates" -Dhone.templates.out="$OUT/renderings.json"
