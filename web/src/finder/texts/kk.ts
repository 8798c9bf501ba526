import finder from "#texts/finder/kk.json";
import sentence from "#texts/finder-sentence/kk.json";
import words from "#texts/words/kk.json";
export default { ...words, ...sentence, ...finder };
