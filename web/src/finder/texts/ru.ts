import finder from "#texts/finder/ru.json";
import words from "#texts/words/ru.json";
export default { ...words, ...finder };
