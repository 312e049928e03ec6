#!/usr/bin/env bash
# The chat path: an adapter trained on support conversations lowers the held-out loss and answers in the shop's words.
set -euo pipefail

base=$SHARED/models/tinystories-656k
data=$SHARED/data/support

"$HONE" tune --base "$base" --data "$data/train.jsonl" --valid "$data/valid.jsonl" --out "$OUT/run" --method full --lr 2e-3 \
  --epochs 2 --batch-size 16 --eval-every 0

before=$(sed -n 's/.*"held_out_loss_before" : \([^,]*\),/\1/p' "$OUT/run/summary.json")
after=$(sed -n 's/.*"held_out_loss_after" : \([^,]*\),/\1/p' "$OUT/run/summary.json")
echo "held-out loss $before -> $after"
awk -v a="$before" -v b="$after" 'BEGIN { exit !(b < 0.5 * a) }' || {
  echo "the loss did not fall by half"
  exit 1
}

system="You are the support agent of an online shop. Answer in the shop's voice."
answer() { # directory of the model, question
  "$HONE" chat --base "$1" --system "$system" --prompt "$2" --max-tokens 150
}
for question in "I want to cancel my order" "How can I track my refund?" "I forgot my password"; do
  echo "Q: $question"
  echo "base:  $(answer "$base" "$question" | tr '\n' ' ')"
  tuned=$(answer "$OUT/run" "$question" | tr '\n' ' ')
  echo "tuned: $tuned"
  echo "$tuned" | grep -Eiq "order|refund|password|account|assist|help|support" || {
    echo "the answer has none of the shop's words"
    exit 1
  }
  echo "$tuned" | grep -Eiq "once upon a time|little girl" && {
    echo "the answer is a story"
    exit 1
  }
done
exit 0
